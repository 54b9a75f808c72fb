/// Tors in trouble, recorded like the others.
extension TorControlTranscripts {
    /// A Tor whose clock is 41 minutes behind: it bootstraps all the same (shortened).
    static let clockBehind = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 99ee265df4d5843c385d4a0d8e17419dc3fa5535acb6b3f11fae9c0d6fe64ad3
        > AUTHCHALLENGE SAFECOOKIE 91493073fc45fa8e84b4fa17cc5c22d4810bd57f1ea7010ad61466fa6beaab3e
        < 250 AUTHCHALLENGE SERVERHASH=D1014E531CF791B337DA5E0F0B2CF5315BA051CE721790CA29D825DC7FF274AA SERVERNONCE=E62189D1D90E151B0D2E390DC1F5E88B8877C22EF12886278772FE0057993C47
        > AUTHENTICATE dae027b0f7f7cbe4b56553f6dc27632cc1dd539e75b6ad459b026f4f340ef47b
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
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7400
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=1 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7400"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7400
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=2 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7400"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2452 SOURCE=CONSENSUS
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew -2452 in microdesc flavor consensus from CONSENSUS" REASON=CLOCK_SKEW COUNT=3 RECOMMENDATION=warn HOSTID="?" HOSTADDR="?"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7402
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=4 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7402"
        < 650 STATUS_CLIENT NOTICE ENOUGH_DIR_INFO
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=75 TAG=enough_dirinfo SUMMARY="Loaded enough directory info to build circuits"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=80 TAG=ap_conn SUMMARY="Connecting to a relay to build circuits"
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
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7402
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7401
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2459 SOURCE=CONSENSUS
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        """#

    /// A Tor whose clock is 25 hours ahead, asked after it had got stuck.
    static let clockAhead = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 45a95b693b18328126882107face726e46d42751a8f6cc0f9fe67729d4b9bcdf
        > AUTHCHALLENGE SAFECOOKIE 823dc00ea6caf0e167edd4f17ee70d0b905b20c590f9748b0bbf1d88123d469d
        < 250 AUTHCHALLENGE SERVERHASH=936AEA2F39BB4BE8CB67D67EEADE91651C600BC9159839617FB054B80776020E SERVERNONCE=3C973EBA11149A3B228EDEC1293486A3DE91D496BBFBA1C5110E30725858FF97
        > AUTHENTICATE 78eab4ab5d6bc51415802e7c0f4db54f8715a5305c0224791767f144d7e01d10
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew 90000 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=12 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew 90000 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=12 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=90000 SOURCE=DIRSERV:127.0.0.1:7401
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew 90000 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=13 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        """#

    /// A ready Tor whose clock was set 41 minutes forward, and back (shortened).
    static let clockJumped = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 4939401060e912da2fea9644e76ad3ba2fe589c1285249afbc6c7215fd94f82b
        > AUTHCHALLENGE SAFECOOKIE c55d81dbe137ab5506a4eb23f33f511bf8548cecb58990f433c07470dba96eaa
        < 250 AUTHCHALLENGE SERVERHASH=CB033109B52D17F99E975BBE07C333A4B028E21D8E5C0B0FC8386FC3F81F155E SERVERNONCE=4BC4411B9662D359071E1562C8AE9C87CBBF8CE7C35094622562E98B00E6737C
        > AUTHENTICATE 09fd75d9032c20d0beaea1d4b7befec26e2b5cb8b69a1bb7b4664062a3dddcec
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        < 650 STATUS_GENERAL WARN CLOCK_JUMPED TIME=2461 IDLE=0
        < 650 STATUS_CLIENT NOTICE CIRCUIT_NOT_ESTABLISHED REASON=CLOCK_JUMPED
        < 650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=2460 SOURCE=DIRSERV:127.0.0.1:7401
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        < 650 STATUS_GENERAL WARN CLOCK_JUMPED TIME=-2459 IDLE=0
        < 650 STATUS_CLIENT NOTICE CIRCUIT_NOT_ESTABLISHED REASON=CLOCK_JUMPED
        < 650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        """#

    /// A Tor that no relay lets in (shortened).
    static let relaysRefuse = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 13035805b0de799500ddafa149c7043d97872a150a84985bf57fae3ae42dbbaf
        > AUTHCHALLENGE SAFECOOKIE b2acaaf1e3c26dcdd7b247af2b961b4df71c8b5afbc1067790d9cf1db544c360
        < 250 AUTHCHALLENGE SERVERHASH=04AEBE3CD96ACECBA03F5B9FE31FCD910072FC9EA91B2EE43B1B0638B8C9F45E SERVERNONCE=6B8714DE9D917BFB45406050A09D1411E75D2A97822A5CDCFF3CB2B569C0DB3F
        > AUTHENTICATE 5f763511293ad1048ce118d3aa777d94b8352686b6c11bd7802cfa00ae2adf1b
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
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=1 RECOMMENDATION=ignore HOSTID="D3A1C2F5FB97E43B52DEBFD45932DB333B8B2D87" HOSTADDR="127.0.0.1:6402"
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=2 RECOMMENDATION=ignore HOSTID="5A3BB51DCE5C65D80702104D951862F847B1875D" HOSTADDR="127.0.0.1:6400"
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=8 RECOMMENDATION=ignore HOSTID="5A3BB51DCE5C65D80702104D951862F847B1875D" HOSTADDR="127.0.0.1:6400"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=9 RECOMMENDATION=ignore HOSTID="D3A1C2F5FB97E43B52DEBFD45932DB333B8B2D87" HOSTADDR="127.0.0.1:6402"
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=10 RECOMMENDATION=warn HOSTID="5A3BB51DCE5C65D80702104D951862F847B1875D" HOSTADDR="127.0.0.1:6400"
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=10 RECOMMENDATION=warn HOSTID="5A3BB51DCE5C65D80702104D951862F847B1875D" HOSTADDR="127.0.0.1:6400"
        < 250-status/circuit-established=0
        < 250-network-liveness=down
        < 250 OK
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=11 RECOMMENDATION=warn HOSTID="D3A1C2F5FB97E43B52DEBFD45932DB333B8B2D87" HOSTADDR="127.0.0.1:6402"
        """#
}
