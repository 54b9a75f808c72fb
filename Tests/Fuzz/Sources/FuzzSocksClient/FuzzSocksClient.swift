import FuzzSupport
import Protocols

/// The first byte chooses what is asked for; the rest is what the proxy answers, a byte more or less at a time. The
/// machine must say the same however its answers are cut within one reply, must never send a second message before
/// the first is answered, and must never be ready without one good reply to each.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    guard let choice = input.first else { return 0 }
    let answers = Array(input.dropFirst())
    let bytewise = run(choice, answers.map { [$0] })
    let cut = run(choice, answers.pieces)
    // Cut coarser, an answer may be refused for coming before its question; else all is the same.
    if cut.outcome != .failed(.answeredUnasked) { require(cut == bytewise, "cut into pieces it ends otherwise") }
    let asked = run(choice, [answers])
    if asked.outcome == .ready { require(asked == bytewise, "given at once it ends otherwise") }
    require(bytewise.messages.count <= 3, "more than greeting, authentication and request")
    switch bytewise.outcome {
    case .ready:
        require(bytewise.messages.count == Int(1 + (choice & 1) + (choice >> 1 & 1)), "a step was left out")
        require(bytewise.consumed >= 2 * bytewise.messages.count, "ready with too few answers")
    case .failed(let failure):
        require(!failure.sentence.isEmpty, "no sentence")
    case .more:
        require(bytewise.consumed == answers.count, "bytes left over without an end")
    }
    return 0
}

private struct Run: Equatable {
    var messages: [[UInt8]] = []
    var consumed = 0
    var outcome = SocksClient.Outcome.more
}

private func run(_ choice: UInt8, _ answers: [[UInt8]]) -> Run {
    var run = Run()
    let credentials = choice & 1 == 0 ? nil : Credentials(username: [choice], password: [0, 1])
    let hosts = [
        Host.name("node.example"), .i2p("abc.i2p"), Host(.v4(IPv4Address(203, 0, 113, 7))),
        Host(.v6(IPv6Address(high: 0x2001_0db8 << 32, low: 7))),
    ]
    let destination = Destination(host: hosts[Int(choice >> 2) & 3], port: 18080)
    var client =
        choice & 2 == 0
        ? SocksClient(probeWith: credentials) : SocksClient(destination: destination, credentials: credentials)
    var output: [UInt8] = []
    client.start(&output)
    run.messages.append(output)
    for answer in answers where run.outcome == .more {
        output = []
        let step = client.receive(answer.span, output: &output)
        run.outcome = step.outcome
        if case .failed = step.outcome {
            require(output.isEmpty, "a message to a proxy that failed")
            run.consumed = 0  // nothing is left to be given to a stream
        } else {
            run.consumed += step.consumed
        }
        if !output.isEmpty { run.messages.append(output) }
    }
    return run
}
