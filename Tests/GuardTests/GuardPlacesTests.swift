import Guard
import Testing
@Test func x() { #expect(!GuardPlaces.packagedSocket.isEmpty) }
