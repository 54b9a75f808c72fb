import FuzzSupport
import Policy
import Protocols

/// Whatever line the allow-list passes, Tor reads the file that it stands in as our own options and one more, of the
/// list below. Tor's reading is written down here anew, as in its lib/encoding/confline.c.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let line = String(decoding: input, as: UTF8.self)
    let places = try? TorPlaces.below(stateDirectory: "/var/lib/xmr-routed").get()
    guard let places else { fatalError("no places") }
    for isTestNetwork in [false, true] {
        switch TorrcLine.check(line, isTestNetwork: isTestNetwork) {
        case .failure(let refusal):
            require(!refusal.sentence.isEmpty, "no sentence")
            require(!refusal.sentence.utf8.contains { $0 < 0x20 || $0 == 0x7f }, "a sentence of several lines")
        case .success(let taken):
            let with = Torrc(lines: [taken], places: places, owner: 7).text
            let without = Torrc(lines: [], places: places, owner: 7).text
            guard let all = options(Array(with.utf8)), let ours = options(Array(without.utf8)) else {
                // Only a test network's line may be one that Tor cannot read; it refuses the file then.
                require(isTestNetwork, "Tor cannot read what passed")
                continue
            }
            require(ours.count >= 13, "our own options are not read")
            // Only where a transport is to be started, Tor may start one.
            let expected = ours.filter { !taken.startsProgram || $0.name != "noexec" }
            require(Array(all.suffix(expected.count)) == expected, "our own options are not as they were")
            let others = all.dropLast(expected.count)
            require(others.count <= 1, "one line became \(others.count) options")
            guard !isTestNetwork else { continue }
            guard let other = others.first else { fatalError("one line became nothing") }
            require(allowed.contains(other.name), "passed \(other.name)")
            require(
                !other.value.isEmpty && !other.value.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }, "a bad value")
            if other.name == "clienttransportplugin" {
                let words = other.value.split { $0 == 0x20 || $0 == 0x09 }
                require(words.count > 2 && words[2].first == 0x2f, "a transport without an absolute path")
                require(
                    String(decoding: words[1], as: UTF8.self).lowercased() == "exec", "a transport that is elsewhere")
            }
        }
    }
    return 0
}

private struct Option: Equatable {
    /// In lower case: Tor compares names so.
    var name: String
    var value: [UInt8]
}

private let allowed: Set<String> = [
    "usebridges", "bridge", "clienttransportplugin", "entrynodes", "exitnodes", "middlenodes", "excludenodes",
    "excludeexitnodes", "strictnodes", "geoipfile", "geoipv6file", "geoipexcludeunknown", "numentryguards",
    "numprimaryguards", "numdirectoryguards", "guardlifetime", "hslayer2nodes", "hslayer3nodes", "vanguardsliteenabled",
    "connectionpadding", "reducedconnectionpadding", "circuitpadding", "reducedcircuitpadding", "confluxenabled",
    "confluxclientux", "reachableaddresses", "reachableoraddresses", "fascistfirewall", "firewallports",
    "clientuseipv4",
    "clientuseipv6", "clientpreferipv6orport", "learncircuitbuildtimeout", "circuitbuildtimeout", "bandwidthrate",
    "bandwidthburst", "maxmeminqueues", "numcpus",
]

/// The options of a torrc, in its order; nil where Tor would refuse it. The bytes end at a NUL, as C's do.
private func options(_ file: [UInt8]) -> [Option]? {
    let text = Array(file.prefix { $0 != 0 }) + [0]
    var at = 0
    var found: [Option] = []
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    func skipComment() { while text[at] != 0 && text[at] != 0x0a { at += 1 } }
    while true {
        while true {
            while isSpace(text[at]) { at += 1 }
            guard text[at] == 0x23 else { break }
            skipComment()
        }
        guard text[at] != 0 else { return found }
        let nameStart = at
        while text[at] != 0, !isSpace(text[at]), text[at] != 0x23, !(text[at] == 0x5c && text[at + 1] == 0x0a) {
            at += 1
        }
        let name = String(decoding: text[nameStart..<at], as: UTF8.self).lowercased()
        while text[at] == 0x20 || text[at] == 0x09 { at += 1 }
        var value: [UInt8] = []
        if text[at] == 0x22 {
            guard let (unescaped, end) = unescape(text, at) else { return nil }
            value = unescaped
            at = end
            while text[at] == 0x20 || text[at] == 0x09 { at += 1 }
            if text[at] == 0x0d && text[at + 1] == 0x0a { at += 1 }
            guard text[at] == 0 || text[at] == 0x23 || text[at] == 0x0a else { return nil }
        } else {
            var isContinued = false
            while text[at] != 0, text[at] != 0x0a, text[at] != 0x23 || isContinued {
                if text[at] == 0x5c && text[at + 1] == 0x0a {
                    isContinued = true
                    at += 2
                } else if text[at] == 0x23 {
                    skipComment()
                    if text[at] == 0x0a { at += 1 }
                } else {
                    value.append(text[at])
                    at += 1
                }
            }
            while let last = value.last, isSpace(last) { value.removeLast() }
        }
        if text[at] == 0x23 { skipComment() }
        found.append(Option(name: name, value: value))
    }
}

/// A C string at its opening quote: its bytes, and where it ends. nil where it does not, or not on its line.
private func unescape(_ text: [UInt8], _ start: Int) -> ([UInt8], Int)? {
    var at = start + 1
    var value: [UInt8] = []
    while true {
        switch text[at] {
        case 0, 0x0a: return nil
        case 0x22: return (value, at + 1)
        case 0x5c:
            let next = text[at + 1]
            if next == 0x78, let high = hex(text[at + 2]), let low = hex(text[at + 3]) {
                value.append(high << 4 | low)
                at += 4
            } else if next == 0x78 || next == 0 {
                return nil
            } else if (0x30...0x37).contains(next) {
                var number = 0
                at += 1
                for _ in 0..<3 where (0x30...0x37).contains(text[at]) {
                    number = number * 8 + Int(text[at] - 0x30)
                    at += 1
                }
                guard let byte = UInt8(exactly: number) else { return nil }
                value.append(byte)
            } else {
                switch next {
                case 0x6e: value.append(0x0a)
                case 0x74: value.append(0x09)
                case 0x72: value.append(0x0d)
                case 0x22, 0x27, 0x5c: value.append(next)
                default: return nil
                }
                at += 2
            }
        default:
            value.append(text[at])
            at += 1
        }
    }
}

private func hex(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
}
