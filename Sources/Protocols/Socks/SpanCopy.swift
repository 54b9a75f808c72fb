extension [UInt8] {
    /// A copy of a span.
    init(copying span: Span<UInt8>) {
        // See below.
        guard !span.isEmpty else {
            self = []
            return
        }
        self.init(capacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }

    /// Appends a copy of a span.
    mutating func append(copying span: Span<UInt8>) {
        // Nothing to do for nothing: the library would write to the one empty array that all threads share.
        guard !span.isEmpty else { return }
        append(addingCapacity: span.count) { output in
            for index in span.indices { output.append(span[index]) }
        }
    }
}
