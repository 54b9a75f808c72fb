import Policy
import Protocols
import Testing

@Suite struct OnionKeyFileTests {
    static let address = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd.onion"
    static let keyText = "ED25519-V3:" + String(repeating: "Ab+/", count: 21) + "0Q=="

    static func file(_ address: String = address) throws -> OnionKeyFile {
        OnionKeyFile(address: address, key: try #require(TorOnionKey(keyText.utf8)))
    }

    @Test func whatIsWrittenIsRead() throws {
        let file = try Self.file()
        #expect(file.contents == Array("\(Self.address)\n\(Self.keyText)\n".utf8))
        #expect(try OnionKeyFile(contents: file.contents, path: "k") == file)
        #expect(file.contents.count <= OnionKeyFile.limit)
    }

    @Test(arguments: [
        "", "\n\n", "\(address)\n\(keyText)", "\(keyText)\n\(address)\n", "\(address)\n\(keyText)\n\n",
        "\(address) \n\(keyText)\n", "www.\(address)\n\(keyText)\n", "\(address.uppercased())\n\(keyText)\n",
        "\(address)\r\n\(keyText)\r\n", "a.b32.i2p\n\(keyText)\n", "\(address)\n\(keyText.dropLast())\n",
        "\(address)\n\n",
    ])
    func anythingElseIsDamaged(contents: String) {
        #expect(throws: OnionKeyFailure.malformed(path: "k")) {
            try OnionKeyFile(contents: Array(contents.utf8), path: "k")
        }
    }

    /// Each says what to do; none makes a new key by itself.
    @Test func eachFailureSaysWhatToDo() {
        let failures: [(OnionKeyFailure, String)] = [
            (.unreadable(path: "/k", "Permission denied"), "let the router's user alone own it"),
            (.exposed(path: "/k"), "chmod 600"), (.malformed(path: "/k"), "backup"),
            (.otherAddress(path: "/k"), "backup"),
            (.unwritable(path: "/k", "No space left on device"), "let the router's user write there"),
        ]
        for (failure, words) in failures {
            #expect(failure.sentence.contains(words) && failure.sentence.contains("/k"))
        }
    }
}
