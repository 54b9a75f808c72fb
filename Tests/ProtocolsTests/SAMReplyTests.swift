import Protocols
import Testing

/// What a SAM bridge says, read strictly; and I2P's base64 and keys.
@Suite struct SAMReplyTests {
    private func read(_ text: String) throws(SAMFailure) -> SAMReply { try SAMReply(line: Array(text.utf8)) }

    @Test func base64HasI2PsAlphabetAndOneTextForEachBytes() {
        #expect(I2PBase64.encode([0xfb, 0xff, 0xfe]) == Array("-~~-".utf8))
        #expect(I2PBase64.decode(Array("-~~-".utf8)) == [0xfb, 0xff, 0xfe])
        #expect(I2PBase64.decode(Array("+//+".utf8)) == nil)
        #expect(I2PBase64.decode(Array("AAA".utf8)) == nil)
        #expect(I2PBase64.decode(Array("AB==".utf8)) == nil, "bits behind the last byte")
        #expect(I2PBase64.decode(Array("A===".utf8)) == nil)
        #expect(I2PBase64.decode(Array("AA=A".utf8)) == nil)
        #expect(I2PBase64.decode(Array("AAAA====".utf8)) == nil)
        for count in 0..<7 {
            let bytes = (0..<count).map { UInt8($0 &* 37) }
            #expect(I2PBase64.decode(I2PBase64.encode(bytes)) == bytes)
        }
    }

    @Test func theNameOfADestinationIsItsHash() throws {
        let destination = try #require(I2PDestination(base64: samDestination()))
        #expect(destination.bytes.count == 391)
        // 32 zeros for a hash: 52 characters of base32.
        let name = destination.name { _ in [UInt8](repeating: 0, count: 32) }
        #expect(name == String(repeating: "a", count: 52) + ".b32.i2p")
        #expect(I2PDestination(base64: samKeys()) == nil, "more than a destination")
        #expect(I2PDestination(base64: samDestination().dropLast(4)) == nil)
    }

    @Test func keysAreADestinationWithEd25519AndItsPrivateHalves() throws {
        let keys = try #require(I2PKeys(base64: samKeys()))
        #expect(I2PBase64.encode(keys.destination.bytes) == samDestination())
        #expect(I2PKeys(fileContents: keys.fileContents) == keys)
        #expect("\(keys)" == "I2P keys", "they never stand in a log")
        #expect(I2PKeys(fileContents: samKeys()) == nil, "no line feed")
        #expect(I2PKeys(fileContents: samKeys() + [0x0a, 0x0a]) == nil)
        #expect(I2PKeys(base64: samDestination()) == nil, "no private half")
        #expect(I2PKeys(base64: samKeys(signature: 0)) == nil, "DSA")
        #expect(I2PKeys(base64: samKeys(privateLength: 1000)) == nil)
    }

    @Test func repliesOfTwoRouters() throws {
        #expect(try read("HELLO REPLY RESULT=OK VERSION=3.1") == .hello(minor: 1))
        #expect(try read("HELLO REPLY RESULT=NOVERSION") == .refused(.hello, .noVersion))
        #expect(try read("STREAM STATUS RESULT=OK") == .stream)
        // i2pd writes its message with spaces and without quotes, Java's router with quotes.
        #expect(
            try read("STREAM STATUS RESULT=CANT_REACH_PEER MESSAGE=LeaseSet not found")
                == .refused(.stream, .cannotReachPeer))
        #expect(
            try read("SESSION STATUS RESULT=I2P_ERROR MESSAGE=\"DESTINATION=x not ready\"")
                == .refused(.session, .error))
        let keys = try #require(I2PKeys(base64: samKeys()))
        #expect(try read("SESSION STATUS RESULT=OK DESTINATION=\(text(samKeys()))") == .session(keys))
        #expect(
            try read("NAMING REPLY RESULT=OK NAME=ME VALUE=\(text(samDestination()))")
                == .name(Array("ME".utf8), keys.destination))
        #expect(try read("NAMING REPLY RESULT=KEY_NOT_FOUND NAME=a.i2p") == .refused(.naming, .keyNotFound))
        #expect(try read("DEST REPLY PUB=\(text(samDestination())) PRIV=\(text(samKeys()))") == .keys(keys))
        #expect(try read("PING 17 now") == .ping(Array("17 now".utf8)))
        #expect(try read("PONG") == .pong([]))
    }

    @Test(arguments: [
        ("", SAMFailure.malformed), ("HELLO", .malformed), ("HELLO  REPLY RESULT=OK", .unexpected),
        ("HTTP/1.1 400 Bad Request", .unexpected), ("HELLO REPLY", .malformed),
        ("HELLO REPLY RESULT=OK", .malformed), ("HELLO REPLY RESULT=OK VERSION=3.0", .version),
        ("HELLO REPLY RESULT=OK VERSION=3.12", .version), ("HELLO REPLY RESULT=OK VERSION=4.1", .version),
        ("STREAM STATUS RESULT=PERHAPS", .unknownResult), ("STREAM STATUS RESULT=ok", .unknownResult),
        ("STREAM STATUS RESULT=OK RESULT=OK", .malformed), ("STREAM STATUS RESULT=OK =1", .malformed),
        ("STREAM STATUS RESULT", .malformed), ("SESSION STATUS RESULT=OK DESTINATION=abc", .badKeys),
        ("SESSION STATUS RESULT=OK", .malformed), ("NAMING REPLY RESULT=OK NAME=ME VALUE=abc", .malformed),
    ])
    func whatIsNoReply(_ line: String, _ failure: SAMFailure) {
        #expect(throws: failure) { try read(line) }
    }

    @Test func newKeysWhosePublicHalfIsAnothersAreRefused() {
        #expect(throws: SAMFailure.badKeys) {
            try read("DEST REPLY PUB=\(text(samDestination(2))) PRIV=\(text(samKeys(1)))")
        }
    }

    @Test func linesAreReadUpToTheirEndAndNoFurther() {
        var reader = SAMLineReader()
        #expect(reader.receive(Array("STREAM".utf8).span) == (6, .more))
        #expect(reader.receive(Array(" X\n\u{1}data".utf8).span) == (3, .line(Array("STREAM X".utf8))))
        var socks = SAMLineReader()
        #expect(socks.receive([5, 0xff].span).event == .failed(.notSAM(firstByte: 5)))
        #expect(socks.receive(Array("A\n".utf8).span).event == .failed(.notSAM(firstByte: 5)), "for ever")
        var carriage = SAMLineReader()
        #expect(carriage.receive(Array("A\r\n".utf8).span).event == .failed(.malformed))
        var long = SAMLineReader()
        let most = [UInt8](repeating: 0x41, count: SAMLineReader.limit)
        #expect(long.receive(most.span).event == .more)
        #expect(long.receive([0x41].span).event == .failed(.malformed))
    }

    @Test func commandsAreOneLineAndNoNameCanEndOrPartThem() throws {
        let id = try #require(samID)
        #expect("\(id)" == String(repeating: "ab", count: 16))
        #expect(
            SAMCommand.createSession(id, .transient, quantity: 2, length: 3).line.map(text)
                == "SESSION CREATE STYLE=STREAM ID=\(id) DESTINATION=TRANSIENT SIGNATURE_TYPE=7 inbound.quantity=2"
                + " outbound.quantity=2 inbound.length=3 outbound.length=3\n")
        #expect(
            SAMCommand.connect(id, name: "a.b32.i2p").line.map(text)
                == "STREAM CONNECT ID=\(id) DESTINATION=a.b32.i2p SILENT=false\n")
        #expect(SAMCommand.accept(id).line.map(text) == "STREAM ACCEPT ID=\(id) SILENT=true\n")
        for name in ["", "a b", "a\nSESSION", "a=b", String(repeating: "a", count: 256)] {
            #expect(SAMCommand.connect(id, name: name).line == nil)
            #expect(SAMCommand.lookUp(name: name).line == nil)
        }
    }
}
