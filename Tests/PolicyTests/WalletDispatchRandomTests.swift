import Policy
import Protocols
import Testing

/// Random events in random order: what must hold whatever happens. Most of it the run itself checks at each effect:
/// two links a node, no request on a link that is not idle, no transaction on a used one, nothing beyond a loopback
/// node without `fallback`, nothing while it is refused, one answer for each request.
@Suite struct WalletDispatchRandomTests {
    private static let listeners: [(kinds: String, fallback: Bool, verifies: Bool, broadcast: Int)] = [
        ("l", false, false, 1), ("o", false, false, 1), ("oo", false, false, 1), ("lo", false, false, 1),
        ("loo", true, false, 1), ("ooo", false, true, 1), ("oto", false, false, 2), ("oooo", false, true, 3),
        ("oo", false, true, 2), ("llo", true, true, 2),
    ]

    @Test(arguments: 0..<12)
    func whateverHappens(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var answered = 0
        var forwarded = 0
        var shared = 0
        for listener in Self.listeners {
            let run = DispatchRun(
                listener.kinds, fallback: listener.fallback, order: Bool.random(using: &random) ? .best : .file,
                verifies: listener.verifies, broadcast: listener.broadcast, seed: random.next())
            run.answersProbes = Bool.random(using: &random)
            let badness = [0, 2, 6].randomElement(using: &random) ?? 2
            for _ in 0..<400 {
                happen(run, badness, &random)
                #expect(run.open.isEmpty || !run.dispatch.isQuiet)
                #expect(run.open.isEmpty || run.dispatch.deadline != nil)
            }
            // All that is under way comes to its end by itself, but for streams, which the driver ends.
            run.answersProbes = false
            for id in run.streams {
                for link in run.live() where link.state == .forwarding(id) { run.streamed(link.id) }
            }
            run.pass(.seconds(400))
            #expect(run.open.isEmpty, "\(run.open.count) are not answered: \(listener)")
            #expect(run.dispatch.isQuiet)
            #expect(run.live().isEmpty, "\(run.live().map { "\($0.purpose) \($0.state)" })")
            answered += run.outcomes.values.count {
                if case .answered(let answer) = $0 { answer.isReal } else { false }
            }
            forwarded += run.outcomes.values.count { $0 == .forwarded }
            shared += run.shared
        }
        // The walk is worth something.
        #expect(answered > 100, "\(answered)")
        #expect(forwarded > 0)
        #expect(shared > 5, "\(shared)")
    }

    private func happen(_ run: DispatchRun, _ badness: Int, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<(30 + badness), using: &random) {
        case 0..<6: ask(run, &random)
        case 6..<12: open(run, &random)
        case 12..<22: answer(run, &random)
        case 22..<26: run.pass(.milliseconds(Int64.random(in: 0...4000, using: &random)))
        case 26:
            if let id = run.open.randomElement(using: &random), Int.random(in: 0..<3, using: &random) == 0 {
                run.leave(id)
            }
        case 27 where Int.random(in: 0..<4, using: &random) == 0:
            run.pass(.seconds(Int64.random(in: 10...200, using: &random)))
        case 28 where Int.random(in: 0..<6, using: &random) == 0: run.test()
        case 29, 30: end(run, &random)
        case 31: run.routes(run.ready.map { _ in Int.random(in: 0..<3, using: &random) > 0 })
        case 32 where Int.random(in: 0..<3, using: &random) == 0: run.stand(.locked)
        case 33:
            run.chains[Int.random(in: 0..<run.chains.count, using: &random)].hash = UInt8.random(
                in: 1...2, using: &random)
        case 34: end(run, &random)
        default: run.stand(nil)
        }
        if run.refusal != nil, Int.random(in: 0..<4, using: &random) == 0 { run.stand(nil) }
    }

    private func ask(_ run: DispatchRun, _ random: inout SeededGenerator) {
        let number = UInt8.random(in: 0...255, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: run.ask(.fee)
        case 1: run.ask(.distribution)
        case 2: run.ask(.outputs([number]))
        case 3: run.ask(.transaction("\(number)"))
        case 4: run.ask(.revealing)
        default:
            // Some ask the same at the same time.
            for _ in 0..<Int.random(in: 1...3, using: &random) { run.ask(.sync("\(number % 4)")) }
        }
    }

    private func open(_ run: DispatchRun, _ random: inout SeededGenerator) {
        guard let link = run.live().filter({ $0.state == .opening }).randomElement(using: &random) else { return }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: run.waits(link.id)
        case 1: run.dials(link.id)
        default:
            run.dials(link.id)
            run.open(link.id)
        }
    }

    private func end(_ run: DispatchRun, _ random: inout SeededGenerator) {
        guard let link = run.live().randomElement(using: &random) else { return }
        switch link.state {
        case .opening:
            let refusal: Refusal = Bool.random(using: &random) ? .timeout : .circuitLimit
            run.end(link.id, .notOpened(refusal, "no way"))
        case .idle: run.end(link.id, .idleClosed)
        case .busy: run.end(link.id, Bool.random(using: &random) ? .unanswered("it closed") : .broken("it broke"))
        case .forwarding: run.end(link.id, .broken("it broke"))
        case .closed: break
        }
    }

    private func answer(_ run: DispatchRun, _ random: inout SeededGenerator) {
        let busy = run.live().filter { if case .busy = $0.state { true } else { false } }
        let streaming = run.live().filter { if case .forwarding = $0.state { true } else { false } }
        if let link = streaming.randomElement(using: &random) { run.streamed(link.id) }
        guard let link = busy.randomElement(using: &random), case .busy(let request) = link.state else { return }
        if Bool.random(using: &random) { run.begin(link.id) }
        if Int.random(in: 0..<12, using: &random) == 0 {
            let beginning = request.call.form == .portableStorage ? PortableStorage.signature : Array("{".utf8)
            run.overflow(link.id, beginning: beginning)
            return
        }
        let keepsAlive = Int.random(in: 0..<8, using: &random) > 0
        run.answer(link.id, Self.anAnswer(run, request, link.node, &random), keepsAlive: keepsAlive)
    }

    private static func anAnswer(
        _ run: DispatchRun, _ request: WalletRequest, _ node: Int, _ random: inout SeededGenerator
    ) -> WalletAnswer {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return WalletAnswer(status: [404, 500].randomElement(using: &random) ?? 500, contentType: "", body: [])
        case 1: return WalletAnswer(contentType: "", body: [1, 2, 3])
        case 2: return BusyAnswer.to(request)
        default: break
        }
        if request.call.purpose == .probe { return run.probeAnswer(request, node) }
        switch request.call.role {
        case .fee:
            let fee = [20_000, 20_000, 21_000, 3_000_000, 9_000_000].randomElement(using: &random) ?? 1
            return .result("\"fee\": \(fee), \"quantization_mask\": 10000")
        case .outputs: return .outputs([Int.random(in: 0..<8, using: &random) == 0 ? 6 : 1])
        case .transaction: return .json(Int.random(in: 0..<6, using: &random) == 0 ? "Failed" : "OK")
        case .revealing: return .json("OK")
        case .version: return .result("\"version\": 196618")
        case .plain: return request.call.form == .portableStorage ? .outputs([]) : .result()
        }
    }
}

extension WalletAnswer {
    /// Whether it is none of those that say BUSY.
    fileprivate var isReal: Bool { !String(decoding: body, as: UTF8.self).contains("BUSY") }
}
