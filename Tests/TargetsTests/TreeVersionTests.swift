import Testing

@testable import Targets

@Suite struct TreeVersionTests {
    /// Each older than the next; `rpm --eval '%{lua: print(rpm.vercmp(...))}'` says the same of versions and of releases.
    @Test(arguments: [
        [
            "2.6.17", "2.6.18", "2.6.18-8.el5", "2.6.18-8.1.1.el5", "2.6.18-8.1.15.el5", "2.6.18-53.el5",
            "2.6.18-128.el5",
        ],
        [
            "2.6.18-238.el5", "2.6.18-238.el5.centos.plus", "2.6.18-238.1.1.el5", "2.6.18-238.19.1.el5",
            "2.6.18-274.el5",
        ],
        ["2.6.18-9.el5", "2.6.18-10.el5", "2.6.32-1.el6", "6.1", "6.1.9", "6.1.192"],
        ["1~rc1", "1~rc2", "1", "1^git1", "1a", "1.0", "1.0.1"],
        ["1-A", "1-a", "1-aa", "1-b", "1-0", "1-1"],
        ["1.99999999999999999999998", "1.99999999999999999999999"],
    ])
    func olderTreesComeFirst(inOrder texts: [String]) {
        let versions = texts.map(TreeVersion.init)
        for (place, version) in versions.enumerated() {
            for (other, another) in versions.enumerated() {
                #expect((version < another) == (place < other), "\(texts[place]) and \(texts[other])")
                #expect((version == another) == (place == other), "\(texts[place]) and \(texts[other])")
            }
        }
    }

    @Test(arguments: [
        ("2.6.18-008.el5", "2.6.18-8.el5"), ("2.6.18-8_el5", "2.6.18-8.el5"), ("2.6.18-8.el5.", "2.6.18-8el5"),
    ])
    func zerosInFrontAndSeparatorsDoNotCount(_ one: String, _ other: String) {
        #expect(TreeVersion(one) == TreeVersion(other))
    }
}
