/// A second of civil time in UTC, as RFC 3339 writes it: "2026-01-02T03:04:05Z". Leap seconds are not counted, as
/// Unix time does not count them.
public struct UTCTime: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let unixSeconds: Int64

    /// The second at this Unix time. RFC 3339 has the years 0000 to 9999; what lies outside becomes the nearest
    /// second inside.
    public init(unixSeconds: Int64) {
        self.unixSeconds = min(max(unixSeconds, Self.first), Self.last)
    }

    /// 0000-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    private static let first: Int64 = -62_167_219_200
    private static let last: Int64 = 253_402_300_799

    /// Reads the form that `description` writes, and nothing else (no offsets, no fractions, no second 60).
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 20 else { return nil }
        var fields: [Int64] = [0]
        for (index, byte) in bytes.enumerated() {
            if (0x30...0x39).contains(byte) {
                fields[fields.count - 1] = fields[fields.count - 1] * 10 + Int64(byte - 0x30)
            } else {
                fields.append(0)
            }
            let isDigitPlace = ![4, 7, 10, 13, 16, 19].contains(index)
            guard isDigitPlace == (0x30...0x39).contains(byte) else { return nil }
        }
        guard fields.count >= 6 else { return nil }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        self.init(unixSeconds: days * 86_400 + fields[3] * 3600 + fields[4] * 60 + fields[5])
        // A 30th of February, an hour of 25 or a colon in the wrong place does not come back as it was.
        guard description.utf8.elementsEqual(bytes) else { return nil }
    }

    /// Earlier before later.
    public static func < (left: UTCTime, right: UTCTime) -> Bool {
        left.unixSeconds < right.unixSeconds
    }

    /// The days from 1970-01-01 to a date of the Gregorian calendar. Years are taken to begin in March, so that
    /// the leap day is a year's last; 400 of them have 146,097 days.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = floorDivide(year, 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var date: (year: Int64, month: Int64, day: Int64) {
        let days = Self.floorDivide(unixSeconds, 86_400) + 719_468
        let era = Self.floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153  // 0 is March
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value >= 0 ? value / by : (value - by + 1) / by
    }
}

extension UTCTime: CustomStringConvertible {
    /// "2026-01-02T03:04:05Z"
    public var description: String {
        let (year, month, day) = date
        let second = unixSeconds - Self.floorDivide(unixSeconds, 86_400) * 86_400
        func padded(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }
}
