extension StatusDocument {
    /// How the whole stands as far as the rest of the document bears it out. A daemon that says "protected" over a
    /// guard that is not proven is wrong, and no screen, metric or exit code repeats it.
    public var borneOut: StatusVerdict {
        func doubted(_ state: ProtectionState, _ because: String) -> StatusVerdict {
            StatusVerdict(
                state: state,
                reason: "the daemon says \(self.state.rawValue), but \(because): please report this; "
                    + "it gives as its reason: \(reason)")
        }
        let notReady = egress.filter { $0.state != .ready }.map(\.name)
        switch state {
        case .blocked:
            break
        case _ where killSwitch.locked:
            return doubted(.blocked, "it is locked")
        case .unguarded:
            break
        case _ where !killSwitch.guardStatus.isProven:
            return doubted(.unguarded, "its guard is not proven to enforce")
        case .degraded:
            break
        case .protected where egress.isEmpty:
            return doubted(.degraded, "it has no egress")
        case .protected where !notReady.isEmpty:
            return doubted(.degraded, "not all of its egresses are ready (\(notReady.joined(separator: ", ")))")
        case .protected:
            break
        }
        return StatusVerdict(state: state, reason: reason)
    }
}
