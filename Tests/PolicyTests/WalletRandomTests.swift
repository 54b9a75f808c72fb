import Policy
import Protocols
import Testing

@Suite("Wallet: whatever comes in, what goes on is of the catalogue") struct WalletRandomTests {
    @Test("spoilt requests are refused, or are written in the one form", arguments: UInt64(1)...8)
    func spoilt(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var passed = 0
        for round in 0..<400 {
            var bytes = WalletWire.session[round % WalletWire.session.count]
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: bytes.indices, using: &random)], at: place)
                }
            }
            var run = WalletRun()
            let cut = Int.random(in: bytes.indices, using: &random)
            run.receive(Array(bytes[..<cut]))
            run.receive(Array(bytes[cut...]))
            for request in run.requests {
                passed += 1
                var call = request.call
                if call.role == .revealing, !WalletCalls.all.contains(call) { call.role = .plain }
                #expect(WalletCalls.all.contains(call))
                #expect(!request.body.contains(bytes: Array("client".utf8)))
                #expect(!request.body.contains(bytes: Array("pool_info_since".utf8)))
                // What was written is what is read: a second gate has nothing to change.
                let again = WalletRun.request(
                    WalletWire.post(call.path, request.body, isJSON: call.form != .portableStorage))
                #expect(again?.body == request.body && again?.call == request.call)
            }
        }
        // Not all were spoilt.
        #expect(passed > 100)
    }
}
