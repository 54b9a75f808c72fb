extension [UInt8] {
    /// A copy of a span.
    public init(copying span: Span<UInt8>) {
        self = []
        append(copying: span)
    }

    /// Appends a copy of a span.
    public mutating func append(copying span: Span<UInt8>) {
        // Nothing to do for nothing: the library would write to the one empty array that all threads share.
        guard !span.isEmpty else { return }
        append(addingCapacity: span.count) { output in
            // Filled first: a loop over what is there already is compiled to one that moves many bytes at once.
            output.append(repeating: 0, count: span.count)
            var target = output.mutableSpan
            for index in 0..<Swift.min(target.count, span.count) { target[index] = span[index] }
        }
    }
}
