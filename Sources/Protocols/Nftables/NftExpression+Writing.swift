/// An expression as an attribute of a rule:
///
/// ```
/// NFTA_LIST_ELEM (1)
/// ├─ NFTA_EXPR_NAME (1)  "cmp"
/// └─ NFTA_EXPR_DATA (2)
///    ├─ NFTA_CMP_SREG (1)  1
///    ├─ NFTA_CMP_OP (2)    0
///    └─ NFTA_CMP_DATA (3)
///       └─ NFTA_DATA_VALUE (1)  …
/// ```
extension NftExpression {
    /// Appends it to a list of expressions.
    func append(to list: inout [UInt8]) {
        list.append(attribute: 1) { element in
            element.append(attribute: 1, text: name)
            element.append(attribute: 2, nesting: appendData)
        }
    }

    private func appendData(to data: inout [UInt8]) {
        switch self {
        case .meta(let key, let register):
            data.append(attribute: 2, bigEndian: key)
            data.append(attribute: 1, bigEndian: register)
        case .connection(let key, let register):
            data.append(attribute: 2, bigEndian: key)
            data.append(attribute: 1, bigEndian: register)
        case .setConnection(let key, let register):
            data.append(attribute: 2, bigEndian: key)
            data.append(attribute: 4, bigEndian: register)
        case .payload(let base, let offset, let length, let register):
            data.append(attribute: 1, bigEndian: register)
            data.append(attribute: 2, bigEndian: base)
            data.append(attribute: 3, bigEndian: offset)
            data.append(attribute: 4, bigEndian: length)
        case .mask(let mask, let register):
            data.append(attribute: 1, bigEndian: register)
            data.append(attribute: 2, bigEndian: register)
            data.append(attribute: 3, bigEndian: UInt32(truncatingIfNeeded: mask.count))
            data.append(attribute: 4) { $0.append(attribute: 1, mask) }
            data.append(attribute: 5) { $0.append(attribute: 1, [UInt8](repeating: 0, count: mask.count)) }
        case .compare(let register, let isNot, let value):
            data.append(attribute: 1, bigEndian: register)
            data.append(attribute: 2, bigEndian: isNot ? 1 : 0)
            data.append(attribute: 3) { $0.append(attribute: 1, value) }
        case .load(let value, let register):
            data.append(attribute: 1, bigEndian: register)
            data.append(attribute: 2) { $0.append(attribute: 1, value) }
        case .verdict(let code, let chain):
            data.append(attribute: 1, bigEndian: 0)
            data.append(attribute: 2) { data in
                data.append(attribute: 2) { verdict in
                    verdict.append(attribute: 1, bigEndian: UInt32(bitPattern: code))
                    if let chain { verdict.append(attribute: 2, text: chain) }
                }
            }
        case .count(let name):
            data.append(attribute: 1, bigEndian: Self.counter)
            data.append(attribute: 2, text: name)
        case .addElement(let set, let register):
            data.append(attribute: 1, text: set)
            data.append(attribute: 3, bigEndian: 0)
            data.append(attribute: 4, bigEndian: register)
        case .reject(let type):
            data.append(attribute: 1, bigEndian: type)
        case .redirect(let register):
            data.append(attribute: 1, bigEndian: register)
            data.append(attribute: 2, bigEndian: register)
            data.append(attribute: 3, bigEndian: Self.portIsGiven)
        case .foreign(_, let bytes): data += bytes
        }
    }
}
