import FuzzSupport
import Protocols

/// Cut anywhere, a connection's bytes are the same requests and bodies, or the same refusal; a head that was read
/// re-reads as itself when it is written out again, and states its length once at most; and what comes twice is read
/// the same twice.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let tiny = HTTPLimits(startLine: 30, headerLine: 20, headerCount: 3, headerBytes: 40, body: 10)
    for limits in [HTTPLimits(), tiny] {
        let whole = run([input], limits)
        require(run(input.pieces, limits) == whole, "cut into pieces it reads otherwise")
        require(run(input.map { [$0] }, limits) == whole, "byte by byte it reads otherwise")
        // What comes again on a connection means the same again, though it is remembered.
        if case .end? = whole.steps.last, whole.finish == .clean, whole.keepsAlive {
            let twice = whole.steps + whole.steps
            require(run([input, input], limits).steps == twice, "what comes again reads otherwise")
            require(run([input + input], limits).steps == twice, "what comes again at once reads otherwise")
        }
        for step in whole.steps {
            guard case .head(let head) = step else { continue }
            let again = run([head.bytes], HTTPLimits(startLine: 9000, body: .max))
            require(again.steps.first == step, "the head re-reads otherwise")
            require(again.consumed == head.bytes.count, "the head written is longer than a head")
            let fields = head.headers.values("content-length") + head.headers.values("transfer-encoding")
            require(fields.count <= 1, "two lengths passed")
            require((head.framing == .none) || fields.count == 1, "a body that nobody stated")
            require(head.version == .http10 || head.host != nil, "no host passed")
        }
    }
    return 0
}

private enum Step: Equatable {
    case head(HTTPRequestHead)
    case body([UInt8])
    case end
    case failed(HTTPFailure)
}

private struct Run: Equatable {
    var steps: [Step] = []
    /// Whether another request may follow the last.
    var keepsAlive = true
    var consumed = 0
    var finish = HTTPFinish.clean
}

private func run(_ pieces: [[UInt8]], _ limits: HTTPLimits) -> Run {
    var reader = HTTPRequestReader(limits: limits)
    var run = Run()
    for piece in pieces {
        var rest = piece
        reading: while true {
            let (consumed, event) = reader.receive(rest.span)
            require(consumed <= rest.count, "more consumed than given")
            run.consumed += consumed
            switch event {
            case .more:
                require(consumed == rest.count, "waits with bytes at hand")
                break reading
            case .head(let head):
                run.keepsAlive = head.keepsAlive
                run.steps.append(.head(head))
            case .body(let range):
                require(!range.isEmpty && range.upperBound <= consumed, "a body outside of what was consumed")
                if case .body(let earlier)? = run.steps.last {
                    run.steps[run.steps.count - 1] = .body(earlier + rest[range])
                } else {
                    run.steps.append(.body(Array(rest[range])))
                }
            case .end:
                run.steps.append(.end)
                reader.next()
                rest.removeFirst(consumed)
                if rest.isEmpty { break reading }
                continue
            case .failed(let failure):
                require((400...599).contains(failure.status), "a refusal without a status")
                run.steps.append(.failed(failure))
                run.finish = reader.finish()
                return run
            }
            rest.removeFirst(consumed)
        }
    }
    run.finish = reader.finish()
    return run
}
