/// SHA3-256 (FIPS 202), written from the standard for the tests alone: they must not trust the wrapper that the
/// router uses.
func sha3_256(_ message: [UInt8]) -> [UInt8] {
    let rate = 136
    var state = [UInt64](repeating: 0, count: 25)
    var padded = message + [0x06]
    padded += [UInt8](repeating: 0, count: (rate - padded.count % rate) % rate)
    padded[padded.count - 1] |= 0x80
    for block in stride(from: 0, to: padded.count, by: rate) {
        for index in 0..<rate {
            state[index / 8] ^= UInt64(padded[block + index]) << UInt64(index % 8 * 8)
        }
        permute(&state)
    }
    return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64($0 % 8 * 8)) }
}

private func permute(_ state: inout [UInt64]) {
    func rotate(_ value: UInt64, _ count: Int) -> UInt64 {
        count == 0 ? value : value << UInt64(count) | value >> UInt64(64 - count)
    }
    var register: UInt8 = 1
    for _ in 0..<24 {
        let parity = (0..<5).map { x in (0..<5).reduce(0) { $0 ^ state[x + 5 * $1] } }
        for index in 0..<25 {
            state[index] ^= parity[(index % 5 + 4) % 5] ^ rotate(parity[(index % 5 + 1) % 5], 1)
        }
        var (x, y) = (1, 0)
        var current = state[1]
        for step in 0..<24 {
            (x, y) = (y, (2 * x + 3 * y) % 5)
            let next = state[x + 5 * y]
            state[x + 5 * y] = rotate(current, (step + 1) * (step + 2) / 2 % 64)
            current = next
        }
        for y in 0..<5 {
            let row = Array(state[(5 * y)..<(5 * y + 5)])
            for x in 0..<5 { state[x + 5 * y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) }
        }
        for bit in 0..<7 {
            if register & 1 != 0 { state[0] ^= 1 << UInt64((1 << bit) - 1) }
            register = register & 0x80 != 0 ? register << 1 ^ 0x71 : register << 1
        }
    }
}
