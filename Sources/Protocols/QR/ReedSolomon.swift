/// The codewords that correct a block of a QR code: the remainder of its polynomial by a generator whose roots are the
/// first powers of 2, over GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004, 7.5 and annex A).
struct ReedSolomon {
    /// How many codewords correct a block.
    let count: Int
    /// The generator's coefficients, the highest power first, without its leading 1.
    private let generator: [UInt8]

    init(count: Int) {
        self.count = count
        var generator = [UInt8](repeating: 0, count: count)
        if count > 0 { generator[count - 1] = 1 }
        var root: UInt8 = 1
        for _ in 0..<count {
            for place in 0..<count {
                generator[place] = Self.product(generator[place], root)
                if place + 1 < count { generator[place] ^= generator[place + 1] }
            }
            root = Self.product(root, 2)
        }
        self.generator = generator
    }

    /// The codewords that correct these.
    func remainder(of data: [UInt8]) -> [UInt8] {
        var remainder = [UInt8](repeating: 0, count: count)
        for byte in data {
            let factor = byte ^ (remainder.first ?? 0)
            remainder = Array(remainder.dropFirst()) + [0]
            for (place, coefficient) in generator.enumerated() {
                remainder[place] ^= Self.product(coefficient, factor)
            }
        }
        return remainder
    }

    /// The product of two elements of the field.
    static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
        var product: UInt8 = 0
        for bit in (0..<8).reversed() {
            product = product << 1 ^ (product & 0x80 == 0 ? 0 : 0x1d)
            if right >> UInt8(bit) & 1 == 1 { product ^= left }
        }
        return product
    }
}
