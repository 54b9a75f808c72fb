/// Where the guard listens.
public enum GuardPlaces {
    /// The packaged place of the guard's socket.
    public static let packagedSocket = "/run/xmr-routed-guard/guard.sock"
}
