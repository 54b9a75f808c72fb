extension StatusMetrics {
    /// One metric with all its samples.
    public struct Family: Sendable {
        /// What its value does.
        public enum Kind: String, Sendable {
            /// Only grows, and starts again from zero with the daemon.
            case counter
            /// Goes up and down.
            case gauge
        }

        /// Its name, with the prefix that all have.
        public let name: String
        /// What its value does.
        public let kind: Kind
        /// What it is, in a sentence.
        public let help: String
        /// Its lines; none where nothing is known.
        public let samples: [Sample]

        init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
            self.name = "xmr_routed_" + name
            self.kind = kind
            self.help = help
            self.samples = samples
        }

        var text: String {
            guard !samples.isEmpty else { return "" }
            return "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
                + samples.map { "\(name)\($0.labels) \($0.value)\n" }.joined()
        }
    }

    /// One line of a metric.
    public struct Sample: Sendable {
        /// The names of its labels.
        public let labelNames: [String]
        /// Its labels as they are written.
        let labels: String
        let value: String

        init(_ labels: KeyValuePairs<String, String>, _ value: some Numeric) {
            let pairs = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
            labelNames = labels.map(\.key)
            self.labels = pairs.isEmpty ? "" : "{\(pairs)}"
            self.value = "\(value)"
        }

        init(_ labels: KeyValuePairs<String, String>, _ holds: Bool) {
            self.init(labels, holds ? 1 : 0)
        }

        /// The format escapes the backslash, the quote and the newline. Other control characters are no part of a name.
        private static func escaped(_ text: String) -> String {
            var escaped = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
                case "\"": escaped.append(contentsOf: "\\\"".unicodeScalars)
                case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
                case "\u{0}"..<" ", "\u{7f}": escaped.append("?")
                default: escaped.append(scalar)
                }
            }
            return String(escaped)
        }
    }
}
