import Policy
import Testing

/// The lock on disk: only the one word unlocks.
@Suite struct LockStateTests {
    private func read(_ text: String) -> LockState { LockState(fileContents: Array(text.utf8), path: "/x/lock") }

    @Test func theTwoWordsAreReadAsWritten() {
        #expect(read("locked\n") == .locked)
        #expect(read("unlocked\n") == .unlocked)
        for state in [LockState.locked, .unlocked] {
            #expect(LockState(fileContents: state.fileContents, path: "/x/lock") == state)
        }
        #expect(LockState.locked.isLocked)
        #expect(!LockState.unlocked.isLocked)
    }

    @Test(arguments: [
        "", "\n", "unlocked", "unlocked\n\n", " unlocked\n", "Unlocked\n", "UNLOCKED\n", "unlocked\r\n", "unlocked\0",
        "unlocked\n\0", "unlocked\nlocked\n", "\u{feff}unlocked\n", "unlocke\n", "locked", "lockedunlocked\n",
    ])
    func anythingElseIsCorruptAndLocks(_ text: String) {
        let state = read(text)
        guard case .unknown(let sentence) = state else {
            Issue.record("\(text.debugDescription) is read as \(state)")
            return
        }
        #expect(state.isLocked)
        #expect(sentence.contains("/x/lock"))
        #expect(sentence.contains("unlock"), "it says what to do")
    }

    @Test func bytesThatAreNoTextLock() {
        #expect(LockState(fileContents: [0xff, 0xfe], path: "p").isLocked)
        #expect(LockState(fileContents: Array("unlocked".utf8) + [0x8a], path: "p").isLocked)
        #expect(LockState(fileContents: [UInt8](repeating: 0, count: 9), path: "p").isLocked)
    }

    @Test func oneFlippedBitOrALostByteLocks() {
        let good = LockState.unlocked.fileContents
        for index in good.indices {
            for bit in 0..<8 {
                var bytes = good
                bytes[index] ^= 1 << bit
                #expect(LockState(fileContents: bytes, path: "p").isLocked, "bit \(bit) of byte \(index)")
            }
            #expect(LockState(fileContents: Array(good[..<index]), path: "p").isLocked)
        }
    }

    @Test func whatIsNotKnownIsWrittenAsLocked() {
        #expect(LockState.unknown("why").fileContents == LockState.locked.fileContents)
        #expect(LockState.unknown("why").isLocked)
    }
}
