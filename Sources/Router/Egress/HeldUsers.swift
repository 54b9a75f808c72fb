import Protocols

/// The users whom the guard holds, as far as it matters who answers where an egress should.
///
/// Whoever has a port of this machine while a Tor, an I2P router or a proxy is away can answer in its place: he sees where
/// streams go, and is sent the keys of our services. Whom else that could be is not for us to say, but for one kind: none
/// of those programs runs as a user whom the guard holds, since it would reach nobody.
struct HeldUsers {
    /// None: nobody is asked for.
    static var none: HeldUsers { HeldUsers { _, _ in false } }

    private let have: (Endpoint, Endpoint) -> Bool

    /// - Parameter have: whether a program of one has the end at the first address of a connection whose other end is at
    ///   the second.
    init(have: @escaping (Endpoint, Endpoint) -> Bool) {
        self.have = have
    }

    /// Whether one has taken a connection of ours to this endpoint. Ask once something was answered: until the connection is
    /// taken, nobody has that end.
    ///
    /// - Parameter end: our end of it.
    func answer(at endpoint: Endpoint, to end: Endpoint?) -> Bool {
        guard let end, endpoint.isLoopback else { return false }
        return have(endpoint, end)
    }
}
