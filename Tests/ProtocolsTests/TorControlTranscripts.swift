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
        # cookie d765ec46c064c933dfc2d04e9772955698b8bc036fad43868126fa94a5fb74df
        > AUTHCHALLENGE SAFECOOKIE dbe69bda4d370098daecb78f254b386e45cab9901270af28a3b721505fb082f1
        < 250 AUTHCHALLENGE SERVERHASH=EAC5D829F322C99E7F7793726340A4BBF6F9C918B0E94D65F44B5B98314ED08C SERVERNONCE=45BDC56484FCF1292864760998B4618F7E8330F82785F9C5E8FEC2817AD12654
        > AUTHENTICATE 9e6a05e4b0b621ddb935f436a55fcd37743fa3cb940150d671352f3bd05d7301
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0 LAUNCHED ID=6
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay"
        < 650 NETWORK_LIVENESS UP
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=15 TAG=handshake_done SUMMARY="Handshake with a relay done"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=20 TAG=onehop_create SUMMARY="Establishing an encrypted directory connection"
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0 CONNECTED ID=6
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=25 TAG=requesting_status SUMMARY="Asking for networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 ORCONN $8F1DD89B3A33207E35A541C9A033B875782696E8~auth0 LAUNCHED ID=11
        < 650 ORCONN $8F1DD89B3A33207E35A541C9A033B875782696E8~auth0 CONNECTED ID=11
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="Loaded enough directory info to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=90 TAG=ap_handshake_done SUMMARY="Handshake finished with a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
        < 650 ORCONN $46C3B5163D2CDA7E28193A50297A63F472FF6F65~auth2 LAUNCHED ID=12
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        < 650 ORCONN $46C3B5163D2CDA7E28193A50297A63F472FF6F65~auth2 CONNECTED ID=12
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
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 ORCONN $8F1DD89B3A33207E35A541C9A033B875782696E8 LAUNCHED ID=6
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY="Connected to a relay"
        < 650 NETWORK_LIVENESS UP
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=15 TAG=handshake_done SUMMARY="Handshake with a relay done"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=20 TAG=onehop_create SUMMARY="Establishing an encrypted directory connection"
        < 650 ORCONN $8F1DD89B3A33207E35A541C9A033B875782696E8 CONNECTED ID=6
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=25 TAG=requesting_status SUMMARY="Asking for networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0~auth1 LAUNCHED ID=11
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0~auth1 CONNECTED ID=11
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="Loaded enough directory info to build circuits"
        < 650 ORCONN $46C3B5163D2CDA7E28193A50297A63F472FF6F65~auth2 LAUNCHED ID=12
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=80 TAG=ap_conn SUMMARY="Connecting to a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=90 TAG=ap_handshake_done SUMMARY="Handshake finished with a relay to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=95 TAG=circuit_create SUMMARY="Establishing a Tor circuit"
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
        > AUTHCHALLENGE SAFECOOKIE 57e55168621323d5cfdaacf0a3c737e7cfbc286d8520f491eb3c1f139714b9ec
        < 250 AUTHCHALLENGE SERVERHASH=C22D8609CB5A6A087A886BF5F878684D12CAFB1898E374FE2A63EBA82D748BB8 SERVERNONCE=BB0DE94B4D416CA19AFA523D9FC6141042523FE56585317F33307704443C9B1A
        """#
}
