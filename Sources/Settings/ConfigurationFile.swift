import Crypto
import EventLoop
public import Policy
import Protocols
import Toml

/// The configuration's file and all that it names: found, read and checked in one go, by `run`, `guard`, `check` and a
/// reload alike.
public struct ConfigurationFile: Sendable {
    /// The packaged place.
    public static let defaultPath = "/etc/xmr-routed/xmr-routed.toml"

    /// The file as the operator named it; nil where there is none and the built-in defaults hold.
    public let path: String?

    /// The file to use: the one that was named, else the default one if it is there, else none.
    public init(named path: String?) {
        self.path = path ?? (Files.kind(of: Self.defaultPath) == .missing ? nil : Self.defaultPath)
    }

    /// Why a configuration cannot be used: a line for each problem, "FILE:LINE:COLUMN: what, and the mend".
    public struct Refusal: Error, Hashable, Sendable {
        /// The lines.
        public let lines: [String]
    }

    /// Who reads it, and so what of it.
    public enum Reader: Hashable, Sendable {
        /// The router, as whom this process runs: all of it, with the secrets and lists that it names.
        case router
        /// The guard, beside a router of this user: the file alone. The guard's rights are not the router's, so it may
        /// not be allowed to read more; nor does a rule of its depend on more.
        case guardian(routerUser: String)
    }

    /// Reads and checks it. Nothing is bound, dialled or written.
    public func load(for reader: Reader = .router) throws(Refusal) -> Configuration {
        guard let path else { return .builtIn }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limit: TomlReader.maximumSize).bytes
        } catch {
            throw Refusal(lines: ["\(path): cannot be read: \(error.reason)"])
        }
        var context = ConfigurationContext(
            routerUser: nil, secretOwners: [0, ThisProcess.user], readFile: { Self.read($0, beside: path) },
            sha3_256: { (try? Crypto.sha3_256($0)) ?? [] })
        switch reader {
        case .router: context.routerUser = ThisProcess.userName(of: ThisProcess.user)
        case .guardian(let user):
            context.routerUser = user
            context.readsFiles = false
        }
        let tree: TomlTable
        do throws(TomlSyntaxError) {
            tree = try TomlReader.read(bytes)
        } catch {
            throw Refusal(lines: [ConfigurationProblem(error).rendered(file: path)])
        }
        switch Configuration.read(tree, context: context) {
        case .success(let configuration): return configuration
        case .failure(let problems): throw Refusal(lines: problems.list.map { $0.rendered(file: path) })
        }
    }

    /// `[control] socket`, for a command that asks a router. It reads no further: a command's user may not be
    /// allowed to read the secrets that a configuration names, nor does it need them.
    public var controlSocket: String? {
        guard let path, let file = try? Files.read(path, limit: TomlReader.maximumSize),
            let tree = try? TomlReader.read(file.bytes), case .table(let control) = tree["control"]?.value.content,
            case .string(let socket) = control["socket"]?.value.content
        else { return nil }
        return socket
    }

    /// A file that the configuration names: where systemd passed a credential of that name, that; else as given,
    /// or beside the configuration.
    private static func read(_ name: String, beside configuration: String) -> FileAnswer {
        var file = name
        var isCredential = false
        if !name.hasPrefix("/") {
            file = Files.parent(of: configuration) + "/" + name
            if let directory = ThisProcess.environment("CREDENTIALS_DIRECTORY"), !name.contains("/"),
                Files.kind(of: directory + "/" + name) != .missing
            {
                file = directory + "/" + name
                isCredential = true
            }
        }
        do throws(SystemError) {
            let contents = try Files.read(file, limit: BanList.maximumSize)
            return .contents(
                FileContents(
                    path: file, bytes: contents.bytes, owner: contents.owner, mode: contents.mode,
                    isCredential: isCredential))
        } catch {
            return .failure(error.reason)
        }
    }
}
