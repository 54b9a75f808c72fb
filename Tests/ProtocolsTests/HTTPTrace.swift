import Protocols

/// What a reader said of a connection's bytes, with the body's parts joined: equal for every way to split them.
enum HTTPStep: Hashable {
    case request(HTTPRequestHead)
    case interim(HTTPResponseHead)
    case response(HTTPResponseHead)
    case body([UInt8])
    case end
    case failed(HTTPFailure)
}

/// Feeds parts to a reader as a driver would, and keeps what it says.
struct HTTPTrace<Reader> {
    var reader: Reader
    var steps: [HTTPStep] = []
    /// What was given and not consumed when the reader stopped.
    var rest: [UInt8] = []
    /// Whether the reader kept its side: `.more` has consumed everything, nothing consumes more than there is.
    var kept = true

    mutating func note(_ step: HTTPStep) {
        if case .body(let part) = step, case .body(let earlier)? = steps.last {
            steps[steps.count - 1] = .body(earlier + part)
        } else {
            steps.append(step)
        }
    }
}

extension HTTPTrace<HTTPRequestReader> {
    /// Reads every request in `parts`; `next()` is called after each.
    init(_ parts: [[UInt8]], limits: HTTPLimits = HTTPLimits()) {
        self.init(reader: HTTPRequestReader(limits: limits))
        for part in parts { feed(part) }
    }

    private mutating func feed(_ part: [UInt8]) {
        var rest = part[...]
        while true {
            let input = Array(rest)
            let (consumed, event) = reader.receive(input.span)
            kept = kept && consumed <= input.count
            rest = rest.dropFirst(consumed)
            switch event {
            case .more:
                kept = kept && rest.isEmpty
                return
            case .head(let head): note(.request(head))
            case .body(let range):
                kept = kept && !range.isEmpty && range.upperBound <= consumed
                note(.body(Array(input[range])))
            case .end:
                note(.end)
                reader.next()
                if rest.isEmpty { return }
            case .failed(let failure):
                if steps.last != .failed(failure) { note(.failed(failure)) }
                self.rest += rest
                return
            }
        }
    }
}

extension HTTPTrace<HTTPResponseReader> {
    /// Reads every response in `parts`, all to requests of one method.
    init(_ parts: [[UInt8]], answering method: String = "GET", limits: HTTPLimits = HTTPLimits()) {
        self.init(reader: HTTPResponseReader(answering: method, limits: limits))
        for part in parts { feed(part, method) }
    }

    private mutating func feed(_ part: [UInt8], _ method: String) {
        var rest = part[...]
        while true {
            let input = Array(rest)
            let (consumed, event) = reader.receive(input.span)
            kept = kept && consumed <= input.count
            rest = rest.dropFirst(consumed)
            switch event {
            case .more:
                kept = kept && rest.isEmpty
                return
            case .interim(let head): note(.interim(head))
            case .head(let head): note(.response(head))
            case .body(let range):
                kept = kept && !range.isEmpty && range.upperBound <= consumed
                note(.body(Array(input[range])))
            case .end:
                note(.end)
                reader.next(answering: method)
                if rest.isEmpty { return }
            case .failed(let failure):
                if steps.last != .failed(failure) { note(.failed(failure)) }
                self.rest += rest
                return
            }
        }
    }
}

/// Every way to split bytes in two, and byte by byte.
func splits(_ bytes: [UInt8]) -> [[[UInt8]]] {
    (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
}
