import EventLoop
import Policy
import Protocols
import Settings

/// What the guard should hold: read from the configuration's file and from /etc/passwd, again where either changes.
final class GuardSource {
    private let options: GuardOptions
    private let digest: (NftTable) -> String
    private var configuration: Configuration?
    /// The state of /etc/passwd that was read last; nil where it has to be read again.
    private var stamp: Files.Stamp?
    /// The router's user; nil where there is none of this name.
    private(set) var routerUser: UInt32?
    /// The numbers that names had. Whom a number named goes on running when the name is gone, and is held on.
    private var known: [String: UInt32] = [:]

    init(_ options: GuardOptions, digest: @escaping (NftTable) -> String) {
        self.options = options
        self.digest = digest
    }

    /// Reads all of it. A configuration that is refused leaves the one before it.
    ///
    /// - Parameter needsGuard: whether a configuration that wants no guard is refused.
    func load(needsGuard: Bool = true) -> Result<GuardWish, GuardFailure> {
        do throws(ConfigurationFile.Refusal) {
            let new = try options.file.load(for: .guardian(routerUser: options.routerUser))
            guard new.killSwitch.guardMode == .required || !needsGuard else { return .failure(Self.off) }
            configuration = new
        } catch {
            return .failure(GuardFailure(.configuration, error.lines))
        }
        return resolve()
    }

    static let off = GuardFailure(
        .configuration,
        "the configuration says `guard = \"off\"` in [kill-switch], so nobody is to be held: write \"required\" there, or "
            + "take away what the kernel has by `xmr-routed guard --remove`")

    /// The wish anew where users may have other numbers now; nil where nothing has changed.
    func usersChanged() -> Result<GuardWish, GuardFailure>? {
        guard configuration != nil, Files.stamp(of: ThisProcess.userFile) != stamp || stamp == nil else { return nil }
        return resolve()
    }

    private func resolve() -> Result<GuardWish, GuardFailure> {
        guard let configuration else { return .failure(GuardFailure(.configuration, "there is no configuration")) }
        // Before the file is read: what is written meanwhile is seen the next time.
        stamp = Files.stamp(of: ThisProcess.userFile)
        var unreadable: SystemError?
        func id(of name: String) -> UInt32? {
            do throws(SystemError) {
                return try ThisProcess.userID(of: name)
            } catch {
                unreadable = error
                return nil
            }
        }
        let router = id(of: options.routerUser)
        var guarded = GuardedUsers(configuration, idOf: id, router: router)
        for user in guarded.users { known[user.name] = user.id }
        if !guarded.problems.isEmpty {
            let problems = guarded.problems
            guarded = GuardedUsers(configuration, idOf: { id(of: $0) ?? known[$0] }, router: router)
            guarded.problems = problems
        }
        routerUser = router ?? routerUser
        if let unreadable {
            stamp = nil
            return .failure(GuardFailure(.configuration, "the users' numbers are not known now: \(unreadable)"))
        }
        return .success(GuardWish(configuration, guarded, digest: digest))
    }
}
