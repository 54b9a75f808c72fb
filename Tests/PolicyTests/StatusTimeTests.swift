import Policy
import Testing

/// Unix seconds as RFC 3339, and back.
@Suite struct StatusTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
        (1_767_323_045, "2026-01-02T03:04:05Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        (4_107_456_000, "2100-02-28T00:00:00Z"), (1_709_164_800, "2024-02-29T00:00:00Z"),
        (2_147_483_648, "2038-01-19T03:14:08Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        (Int64.min, "0000-01-01T00:00:00Z"),
    ])
    func knownTimes(seconds: Int64, text: String) {
        #expect(UTCTime(unixSeconds: seconds).description == text)
        #expect(UTCTime(text) == UTCTime(unixSeconds: seconds))
    }

    /// Every day of the years 1890 to 2110: the dates follow each other as a calendar's do.
    @Test func everyDayFollowsTheOneBefore() {
        var (year, month, day) = (1890, 1, 1)
        for number in -29_219..<(-29_219 + 80_000) {
            func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
            let text = "\(year)-\(two(month))-\(two(day))T12:00:00Z"
            let time = UTCTime(unixSeconds: Int64(number) * 86_400 + 43_200)
            if time.description != text || UTCTime(text) != time {
                Issue.record("\(text) became \(time)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(arguments: [
        "", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-01-02t03:04:05z", "2026-1-2T03:04:05Z",
        "2026-02-30T00:00:00Z", "2025-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-12-31T23:59:60Z",
        "2026-01-02T03:04:05.0Z", "2026-01-02T03:04:05+00:00", "-026-01-02T03:04:05Z", "99999999999999999999",
        "2026-01-02T03:04:05Z ", "----------:---:--:-Z", "２０26-01-02T03:04Z",
    ])
    func notATime(text: String) {
        #expect(UTCTime(text) == nil)
    }
}
