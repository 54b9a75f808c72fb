import EventLoop
import Policy
import Protocols

/// Publishes the I2P service of the configuration in force, and no other.
final class I2PPublisher {
    private unowned let router: Router
    private let keys: I2PKeyStore
    private var service: I2PService?
    /// What is configured.
    private var wish: I2PServiceConfiguration?
    private var mayStand = false
    /// What was told of it, but for the streams that come and go.
    private var told: InboundStatus?

    init(_ router: Router, directory: String) {
        self.router = router
        keys = I2PKeyStore(path: directory + "/i2p.p2p.key")
    }

    /// The service, where one is configured.
    var status: InboundStatus? {
        wish.map { wish in
            InboundStatus(
                name: wish.name, address: service?.address.map { "\($0):\(wish.port)" },
                published: mayStand && service?.isPublished == true, detail: mayStand ? obstacle : nil,
                open: service?.open)
        }
    }

    /// Why it does not stand though it should: a sentence for the whole; nil where it does.
    var problem: String? {
        guard mayStand, let wish, service?.isFailing ?? true else { return nil }
        return obstacle.map { "\(wish.name) is not published: \($0)" }
    }

    private var obstacle: String? {
        guard let service else { return "[i2p] has no SAM port" }
        return service.isPublished ? nil : service.problem
    }

    /// Publishes this service by this I2P router.
    func publish(_ configuration: I2PServiceConfiguration?, by egress: SAMEgress?) {
        wish = configuration
        if let service, service.configuration == configuration, service.egress === egress { return }
        service?.stop()
        service = nil
        guard let configuration, let egress else { return tell() }
        let service = I2PService(configuration, by: egress, keys: keys, router: router)
        self.service = service
        service.onChange = { [unowned self] in tell() }
        if mayStand { service.start() }
        tell()
    }

    /// Takes it down where it must not stand, and publishes it where it may.
    func judge(mayStand: Bool) {
        self.mayStand = mayStand
        if mayStand { service?.start() } else { service?.stop() }
        tell()
    }

    /// For the end of the process.
    func stop() {
        service?.stop()
        service = nil
    }

    private func tell() {
        var now = status
        now?.open = nil
        guard told != now else { return }
        told = now
        router.tellChanges()
    }
}

extension I2PServiceConfiguration {
    /// The port that the address is told with. In I2P it means nothing, and the bridge takes any; older monerods want one.
    fileprivate var port: UInt16 { if case .tcp(_, let port) = target { port } else { 0 } }
}
