/// Quantities as a person reads them, never more than they are: rounded down.
enum HumanUnits {
    /// "999 B", "1.2 kB", "3.4 GB"; a kB is 1000 bytes.
    static func bytes(_ count: UInt64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var unit: UInt64 = 1000
        for name in ["kB", "MB", "GB", "TB"] {
            if count / unit < 1000 { return tenths(count, unit) + " " + name }
            unit *= 1000
        }
        return tenths(count, unit) + " PB"
    }

    /// "1.2 MB/s", or "-" where it is not known.
    static func rate(_ bytesPerSecond: Double?) -> String {
        guard let bytesPerSecond else { return "-" }
        return bytes(UInt64(min(max(bytesPerSecond, 0), 1e18))) + "/s"
    }

    /// "12 s", "4 min 5 s", "3 h 7 min", "12 d 3 h"; "for an unknown time" where it is not known.
    static func time(_ seconds: Double?) -> String {
        guard let seconds, seconds >= 0, seconds < 1e12 else { return "for an unknown time" }
        let whole = Int64(seconds)
        switch whole {
        case ..<60: return "\(whole) s"
        case ..<3600: return "\(whole / 60) min \(whole % 60) s"
        case ..<86_400: return "\(whole / 3600) h \(whole / 60 % 60) min"
        default: return "\(whole / 86_400) d \(whole / 3600 % 24) h"
        }
    }

    /// "1 packet", "7 packets"
    static func count(_ count: UInt64, _ one: String) -> String {
        "\(count) \(one)\(count == 1 ? "" : "s")"
    }

    private static func tenths(_ count: UInt64, _ unit: UInt64) -> String {
        "\(count / unit).\(count % unit / (unit / 10))"
    }
}
