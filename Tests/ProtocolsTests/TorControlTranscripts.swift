/// What real Tors (0.4.9.11, in a test network of their own) and `TorControlClient` said to each other: ">" is ours,
/// "<" is Tor's, "#" is what was in the cookie file. Each line ends in CRLF.
enum TorControlTranscripts {
    /// A Tor that has just started, until its first circuit; the cookie is proven both ways.
    static let bootstrap = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 4b8d9bb3632a5aba6027d834f146d071aa60571878e4423c23e5930c0acadfa1
        > AUTHCHALLENGE SAFECOOKIE b99adadb7652abde478e8be7a0ad005c9954cd18ec62a007584234f8253303c5
        < 250 AUTHCHALLENGE SERVERHASH=F2A4451F150A8BA412E9FC4CF8EBCF27ACD52591CB68AAAC43AEB94E7FDD64D6 SERVERNONCE=AC65A04BDEACE1B74F3CCB26A0453C3D46A76043D3BCEB95A016C8E1D30AB35A
        > AUTHENTICATE 92db827ae4f2937b68d87b7ea9be061133eb8e5ff885fec6fff8ae7ace4bd454
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay"
        < 650 NETWORK_LIVENESS UP
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=15 TAG=handshake_done SUMMARY="Handshake with a relay done"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=20 TAG=onehop_create SUMMARY="Establishing an encrypted directory connection"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=25 TAG=requesting_status SUMMARY="Asking for networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="Loaded enough directory info to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=90 TAG=ap_handshake_done SUMMARY="Handshake finished with a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        """#

    /// A Tor without any control authentication.
    static let nothingAsked = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=NULL
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        > AUTHENTICATE
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay"
        < 650 NETWORK_LIVENESS UP
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=15 TAG=handshake_done SUMMARY="Handshake with a relay done"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=20 TAG=onehop_create SUMMARY="Establishing an encrypted directory connection"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=25 TAG=requesting_status SUMMARY="Asking for networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="Loaded enough directory info to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=80 TAG=ap_conn SUMMARY="Connecting to a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=90 TAG=ap_handshake_done SUMMARY="Handshake finished with a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED
        """#

    /// A Tor with HashedControlPassword alone.
    static let passwordOnly = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=HASHEDPASSWORD
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        """#

    /// A Tor's SOCKS port, asked as if it were its control port (the first line of its answer).
    static let socksPort = #"""
        > PROTOCOLINFO 1
        < HTTP/1.0 501 Tor is not an HTTP Proxy
        """#

    /// A Tor whose cookie file was overwritten after it had started.
    static let wrongCookie = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 0000000000000000000000000000000000000000000000000000000000000000
        > AUTHCHALLENGE SAFECOOKIE 9179e02601630844a46ceddcf174c4addfb3fefb923c6f6a92d83fef01f52ff0
        < 250 AUTHCHALLENGE SERVERHASH=418EE2C04CBCFD3EC975F46C6C0E14F141CC6A77A16898FCF5665AE3473E4DE6 SERVERNONCE=532B32E078B946007578A85F0BA23BA203108E8C6E5B2F0ABFB273514939FC6C
        """#
}
