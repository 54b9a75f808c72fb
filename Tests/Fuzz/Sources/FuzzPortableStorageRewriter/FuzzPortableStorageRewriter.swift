import FuzzSupport
import Protocols

/// A document without some root entries reads as the others, byte for byte; without none of them as itself. The walk
/// that notes the root only takes the same documents, but for how many entries they may have.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let input = bytes(data, size)
    let storage: PortableStorage
    do {
        storage = try PortableStorage(input.span)
    } catch {
        let isWellFormed = PortableStorage.isWellFormed(input.span)
        require(!isWellFormed || error == .tooManyEntries, "the walk takes what the reader refuses")
        return 0
    }
    let roots = storage.entries.filter { $0.parent == nil }
    require((try? PortableStorage(rootOf: input.span).entries) == roots, "the walk notes another root")

    let same = storage.without([], input.span)
    require(same.count <= size, "it is longer")
    require(contents(same) == contents(input), "nothing was left out, and it reads otherwise")

    let names: [StaticString] = ["client", "pool_info_since", "block_ids", "outputs"]
    let less = storage.without(names, input.span)
    let dropped = names.map(\.description)
    let left = contents(input)?.filter { entry in !dropped.contains { $0.utf8.elementsEqual(entry.key) } }
    require(contents(less) == left, "the others read otherwise")
    require((try? PortableStorage(less.span))?.without(names, less.span) == less, "left out twice is another")
    for name in names {
        require(PortableStorage.rootEntry(name, in: less.span) == nil, "what was left out is there")
    }
    return 0
}

private struct Content: Equatable {
    var key: [UInt8]
    var type: PortableStorage.ValueType
    var arrayCount: Int?
    var value: [UInt8]
}

/// The root entries of a document; nil where it is none.
private func contents(_ bytes: [UInt8]) -> [Content]? {
    guard let storage = try? PortableStorage(bytes.span) else { return nil }
    return storage.entries.filter { $0.parent == nil }.map {
        Content(key: Array(bytes[$0.key]), type: $0.type, arrayCount: $0.arrayCount, value: Array(bytes[$0.value]))
    }
}
