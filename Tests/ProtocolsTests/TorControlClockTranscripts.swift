/// Tors with a wrong clock, recorded like the others.
extension TorControlTranscripts {
    /// A Tor whose clock is 41 minutes behind: it bootstraps all the same (shortened).
    static let clockBehind = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 54b9f0a93597d1b39257dd9de27e681877a92464d36f64b0b827db879598dc17
        > AUTHCHALLENGE SAFECOOKIE 2fb58f7df15949beb3ccd09e8afe195ca3ab4ea0d86823cae0c94bf49570d960
        < 250 AUTHCHALLENGE SERVERHASH=DFD3EA4C9650E62F443955386F7B476949152FE727E214D7BD6F2BF3BD3FDF5D SERVERNONCE=041C16BF2C77F7A34DE5D66BF3BFE9B648F95604F0F28BA1A8734AB5B3FAFA43
        > AUTHENTICATE 8e14d5ee10d6ffd7954dc878cffc6169eb30c7360396a9175c6722592054604c
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
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7400
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=30 TAG=loading_status SUMMARY="Loading networkstatus consensus" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=1 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7400"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs"
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7400
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=2 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7400"
        < 650 STATUS_CLIENT NOTICE CONSENSUS_ARRIVED
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2459 SOURCE=CONSENSUS
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew -2459 in microdesc flavor consensus from CONSENSUS" REASON=CLOCK_SKEW COUNT=3 RECOMMENDATION=warn HOSTID="?" HOSTADDR="?"
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=45 TAG=requesting_descriptors SUMMARY="Asking for relay descriptors"
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0~auth1 LAUNCHED ID=11
        < 650 ORCONN $675133260718F2F256CC88D9F7965F24131271E0~auth1 CONNECTED ID=11
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors"
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7401
        < 650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=50 TAG=loading_descriptors SUMMARY="Loading relay descriptors" WARNING="Clock skew -2460 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=4 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
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
        < 650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED
        < 650 ORCONN $46C3B5163D2CDA7E28193A50297A63F472FF6F65~auth2 CONNECTED ID=12
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7402
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7400
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"
        < 250-status/circuit-established=1
        < 250-network-liveness=up
        < 250 OK
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-2460 SOURCE=DIRSERV:127.0.0.1:7402
        """#

    /// A Tor whose clock is 25 hours ahead, asked after it had got stuck.
    static let clockAhead = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie 295bf363ad3852c55c8fae564e50d9ab0ab4e8ebb8990f86aa3592c11951ade4
        > AUTHCHALLENGE SAFECOOKIE ad010f8e10fdfdde2555486688f004fda9fe71b2a29e2b010e5b0fc5bfadd425
        < 250 AUTHCHALLENGE SERVERHASH=DBFFD2EA41EB7F14FF7C54132660185C5E20C47967278548CDFDF5E0F94D4C21 SERVERNONCE=44D10A1AEF7B6B20444DB8EFA0C524234D1EF7AD1C61B96195417F7B0DB93462
        > AUTHENTICATE b30c32eb74dd0aa0cfd9315171a41cb9ad5508eb151fa56244468db30a52a214
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250 OK
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew 90000 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=17 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        > GETINFO version status/bootstrap-phase status/circuit-established network-liveness
        < 250-version=0.4.9.11
        < 250-status/bootstrap-phase=WARN BOOTSTRAP PROGRESS=40 TAG=loading_keys SUMMARY="Loading authority key certs" WARNING="Clock skew 90000 in directory from DIRSERV" REASON=CLOCK_SKEW COUNT=17 RECOMMENDATION=warn HOSTID="?" HOSTADDR="127.0.0.1:7401"
        < 250-status/circuit-established=0
        < 250-network-liveness=up
        < 250 OK
        """#

    /// A ready Tor whose clock was set 41 minutes forward, and back (shortened).
    static let clockJumped = #"""
        > PROTOCOLINFO 1
        < 250-PROTOCOLINFO 1
        < 250-AUTH METHODS=COOKIE,SAFECOOKIE COOKIEFILE="/run/tor/control.authcookie"
        < 250-VERSION Tor="0.4.9.11"
        < 250 OK
        # cookie dae095e6c929416656179b059fb962786dedd507f9203d0fd49dc59fb041fd42
        > AUTHCHALLENGE SAFECOOKIE a49c931ffcebafa749e1b3144344b709e714977ee513e6a24fc7e43c80333415
        < 250 AUTHCHALLENGE SERVERHASH=FA480E81FA7E8F055C658A7B6731E7AC701EF20C76BC8C5E6AE97384357C7484 SERVERNONCE=255D7FE7A67C0A2786DB5A8927175A420535051128439553EB72857B5556360E
        > AUTHENTICATE e23ab8ec774a3f7d042ee929bb5ef6788619b91840000978cd845cbbaccbc34b
        < 250 OK
        > SETEVENTS STATUS_CLIENT STATUS_GENERAL NETWORK_LIVENESS ORCONN STREAM
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
        < 650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=2460 SOURCE=DIRSERV:127.0.0.1:7402
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
}
