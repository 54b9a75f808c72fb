import Policy
import Protocols

/// What is read is written as bytes that read as the same value, canonically; what is refused is refused within
/// the text, and the same way each time. What reads as a status document or an event does so again when written,
/// and its screens keep to their size.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let value: JSONValue
    do {
        value = try JSONValue(reading: bytes.span)
    } catch {
        require((0...size).contains(error.offset), "a refusal lies within the text")
        require(refusal(of: bytes) == error, "the same text is refused the same way")
        return 0
    }
    let compact = value.encoded()
    require(compact.count <= bytes.count, "the compact text is no longer than what was read")
    require(read(compact) == value, "the compact text reads as the same value")
    require(read(compact)?.encoded() == compact, "the compact text is canonical")
    require(read(value.encodedForReading()) == value, "the text for reading reads as the same value")

    checkStatus(value)
    checkGuard(value)
    checkLines(bytes)

    // An object or an array that is cut anywhere is refused: the place is taken from the input.
    if value.asObject != nil || value.asArray != nil, let last = compact.last, let first = bytes.first {
        let place = (Int(first) &* 31 &+ Int(bytes[size / 2])) % compact.count
        require(read(Array(compact[..<place])) == nil, "a cut text is refused")
        require(read(compact + [last]) == nil, "a byte too many is refused")
    }
    return 0
}

private func checkStatus(_ value: JSONValue) {
    if let event = try? StatusEvent(decoding: value) {
        require(event.line().last == 0x0a && !event.line().dropLast().contains(0x0a), "an event is one line")
        require((try? StatusEvent(decoding: event.encode())) == event, "an event reads as it was written")
    }
    guard var document = try? StatusDocument(decoding: value) else { return }
    document.listeners = document.listeners.map(\.withoutWalletCounts)
    require((try? StatusDocument(decoding: document.encode())) == document, "a document reads as it was written")
    let verdict = document.borneOut
    require(verdict.state != .protected || document.killSwitch.guardStatus.isProven, "protected is proven")
    let lines = StatusScreen.render(document, palette: .plain).split(separator: "\n")
    require(lines.allSatisfy { $0.unicodeScalars.count <= StatusScreen.columns }, "a screen has 80 columns")
    var watch = WatchScreen(palette: .plain, unicode: true)
    for second in 0..<3 {
        let drawn = watch.show(document, at: Instant(milliseconds: Int64(second) * 1000))
        require(drawn.split(separator: "\r\n").count <= WatchScreen.rows, "a live screen has 24 rows")
        document.uptimeSeconds = document.uptimeSeconds.map { $0 + 1 }
        document.listeners = document.listeners.reversed()
    }
    require(StatusMetrics.render(document).hasSuffix("\n"), "metrics end in a newline")
}

/// What reads as something that is said to the guard, or by it, reads as the same when it is written.
private func checkGuard(_ value: JSONValue) {
    if let message = try? GuardMessage(decoding: value) {
        require((try? GuardMessage(decoding: message.encode())) == message, "a guard's message reads as it was written")
    }
    if let request = try? GuardRequest(decoding: value) {
        require((try? GuardRequest(decoding: request.encode())) == request, "a request reads as it was written")
    }
}

/// Lines are the same however their bytes come.
private func checkLines(_ bytes: [UInt8]) {
    var whole = JSONLineReader(limit: 64)
    var cut = JSONLineReader(limit: 64)
    let place = bytes.count / 3
    let lines = cut.receive(Array(bytes[..<place]).span) + cut.receive(Array(bytes[place...]).span)
    require(whole.receive(bytes.span) == lines, "lines are the same, cut or whole")
    require(!lines.dropLast().contains(.tooLong), "nothing comes after a line that is too long")
}

/// The value of a text that may be longer than the default limits allow, as indenting makes it.
private func read(_ bytes: [UInt8]) -> JSONValue? {
    try? JSONValue(reading: bytes.span, limits: JSONLimits(bytes: 1 << 30, members: .max))
}

private func refusal(of bytes: [UInt8]) -> JSONFailure? {
    do {
        _ = try JSONValue(reading: bytes.span)
        return nil
    } catch {
        return error
    }
}

private func require(_ holds: Bool, _ what: String) {
    if !holds { fatalError(what) }
}
