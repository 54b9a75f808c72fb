import EventLoop
import Netlink
import Policy
import Protocols

/// Drives the guard's machine: does to the kernel what it wants, and gives it what came of that. An effect's own
/// consequences come before the next effect.
final class GuardEngine {
    let kernel: any GuardKernel
    private(set) var machine: GuardMachine
    private let loop: EventLoop
    private let tell: (GuardNotice) -> Void
    /// Called when all who listen are to be told.
    var onHeartbeat: () -> Void = {}

    init(_ kernel: any GuardKernel, isOwned: Bool, loop: EventLoop, tell: @escaping (GuardNotice) -> Void) {
        self.kernel = kernel
        self.loop = loop
        self.tell = tell
        machine = GuardMachine(isOwned: isOwned)
    }

    var now: UTCTime { UTCTime(unixSeconds: loop.unixSeconds) }

    func happen(_ event: GuardMachine.Event) {
        for effect in machine.receive(event, at: now) { perform(effect) }
    }

    /// What the file and the users come to, or why they come to nothing.
    func happen(_ wish: Result<GuardWish, GuardFailure>) {
        switch wish {
        case .success(let wish): happen(.configured(wish))
        case .failure(let failure): happen(.refused(failure.lines.joined(separator: "; ")))
        }
    }

    func record(_ canary: GuardHeartbeat.Canary, of user: UInt32) {
        machine.record(canary, of: user)
    }

    func destroyFlows(of users: [UInt32], outward: [UInt32] = []) -> (sockets: UInt64, problem: String?) {
        kernel.destroyFlows(of: users, outward: outward, marks: machine.wish?.marks ?? [:])
    }

    private func perform(_ effect: GuardMachine.Effect) {
        switch effect {
        case .read:
            do throws(NftablesFailure) {
                happen(.read(try kernel.read(machine.wish?.table)))
            } catch {
                happen(.unreadable(error.description))
            }
        case .replace(let table, let owned): happen(.written(kernel.replace(table, owned: owned)))
        case .adopt: happen(.written(kernel.adopt()))
        case .destroyFlows(let users, let outward):
            let (sockets, problem) = destroyFlows(of: users, outward: outward)
            if sockets > 0 {
                let age = outward.isEmpty ? "older" : "perhaps older"
                tell(.said("\(sockets) connections \(age) than the guard's table are destroyed"))
            }
            happen(.destroyed(problem: problem))
        case .heartbeat: onHeartbeat()
        case .say(let sentence): tell(.said(sentence))
        case .warn(let sentence): tell(.warned(sentence))
        }
    }
}

/// A sentence for the operator.
public enum GuardNotice: Hashable, Sendable {
    /// Something was done.
    case said(String)
    /// Something is not as it should be.
    case warned(String)
}
