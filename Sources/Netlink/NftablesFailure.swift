internal import CLinux
import EventLoop
import Protocols

/// Why the kernel's packet filter could not be changed or read: a sentence for whoever runs this program.
public struct NftablesFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure that a caller acts on.
    public enum Kind: Hashable, Sendable {
        /// Another program owns the table (NFT_TABLE_F_OWNER).
        case anothers
        /// CAP_NET_ADMIN is lacking.
        case forbidden
        /// The kernel lets no program own a table beyond its own life: it is older than Linux 6.9.
        case noOwnership
        /// The kernel lacks nf_tables, or a part of it.
        case unsupported
        /// There is no such table.
        case missing
        /// Anything else.
        case other
    }

    /// Which kind it is.
    public let kind: Kind
    /// The sentence, without a full stop.
    public let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    init(_ error: SystemError) {
        self.init(error.isForbidden ? .forbidden : .other, "\(error)")
    }

    /// The kernel refused a step of a batch with an `errno`; no step where it refused the batch as a whole.
    init(_ table: String, step: Int?, of batch: NftBatch, ownership: NftBatch.Ownership, code: Int32) {
        let reason = SystemError("", code: code).reason
        guard let step, batch.steps.indices.contains(step) else {
            switch code {
            case EPERM: self = .forbidden
            case EOPNOTSUPP, EPROTONOSUPPORT:
                self.init(.unsupported, "this kernel has no nf_tables: load the module nf_tables")
            default: self.init(.other, "the kernel refused the table \(table) as a whole: \(reason)")
            }
            return
        }
        switch (code, step) {
        case (EPERM, _):
            self.init(
                .anothers,
                "another program owns the table \(table): end it, for its table outlives it and can be taken over then")
        // The third step of a replacement asks for ownership.
        case (EOPNOTSUPP, 2) where ownership == .owned, (EINVAL, 2) where ownership == .owned:
            self.init(
                .noOwnership, "this kernel lets no program own a table beyond its own life: Linux 6.9 or later does")
        case (ENOENT, _), (EOPNOTSUPP, _), (EAFNOSUPPORT, _):
            self.init(
                .unsupported,
                "could not \(batch.steps[step]): \(reason); this kernel lacks a part of nf_tables, a module such as nft_ct, "
                    + "nft_reject_inet or nft_redir")
        default: self.init(.other, "could not \(batch.steps[step]) of the table \(table): \(reason)")
        }
    }

    /// The kernel refused a question with an `errno`.
    static func refused(_ code: Int32) -> NftablesFailure {
        switch code {
        case EPERM: .forbidden
        case EOPNOTSUPP, EPROTONOSUPPORT: .init(.unsupported, "this kernel has no nf_tables: load the module nf_tables")
        default: .init(.other, "the packet filter could not be read: \(SystemError("", code: code).reason)")
        }
    }

    static let silent = NftablesFailure(.other, "the kernel did not answer a question about the packet filter")
    static let unreadable = NftablesFailure(.other, "the kernel's answer about the packet filter could not be read")
    static let changing = NftablesFailure(.other, "the packet filter is changed again and again while it is read")
    static let forbidden = NftablesFailure(
        .forbidden, "the kernel lets only a program with CAP_NET_ADMIN change or read the packet filter")
}
