import FuzzSupport
import Protocols

/// A document ends in one place only: cut shorter it is truncated, made longer it has trailing bytes. Its entries
/// lie in it in order, each inside its parent and behind its name. The walk that notes the root section only takes the
/// same documents, but for how many entries they may have.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    guard let storage = read(input) else {
        if (try? PortableStorage(rootOf: input.span)) != nil {
            require(failure(input) == .tooManyEntries, "the walk of the root takes what the reader refuses")
        }
        return 0
    }
    let root = storage.entries.filter { $0.parent == nil }
    require((try? PortableStorage(rootOf: input.span).entries) == root, "the walk notes another root")
    require(!accepts(input + [0]), "a byte more is accepted")
    for count in [size - 1, size / 2, 9] where count < size {
        require(!accepts(Array(input[..<count])), "\(count) of \(size) bytes are accepted")
    }
    var end = PortableStorage.signature.count
    for entry in storage.entries {
        require(entry.key.lowerBound >= end, "an entry begins before its predecessor's name ends")
        require(entry.key.count <= 255 && !entry.key.isEmpty, "a name of no possible length")
        require(entry.key.upperBound < entry.value.lowerBound && entry.value.upperBound <= size, "a value out of place")
        end = entry.key.upperBound
        if let parent = entry.parent {
            let outer = storage.entries[parent]
            require(outer.type == .object, "a parent that is no object")
            require(
                outer.value.lowerBound < entry.key.lowerBound && entry.value.upperBound <= outer.value.upperBound,
                "a value outside its parent")
            require(entry.element < outer.arrayCount ?? 1, "an element beyond the last")
        }
    }
    for entry in storage.entries where entry.parent == nil {
        let name = String(decoding: input[entry.key], as: UTF8.self)
        guard name.utf8.elementsEqual(input[entry.key]) else { continue }
        require(storage.entry([name], in: input.span) == entry, "an entry is not found by its name")
    }
    return 0
}

private func read(_ bytes: [UInt8]) -> PortableStorage? {
    try? PortableStorage(bytes.span)
}

private func failure(_ bytes: [UInt8]) -> PortableStorageFailure? {
    do {
        _ = try PortableStorage(bytes.span)
        return nil
    } catch {
        return error
    }
}

private func accepts(_ bytes: [UInt8]) -> Bool {
    read(bytes) != nil
}
