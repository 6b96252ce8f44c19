import Foundation
import Libvirt
import Synchronization
import Testing

/// libvirt's test driver keeps its domains in memory and starts nothing.
@Suite struct ConnectionTests {
    private static func xml(_ name: String) -> String {
        "<domain type='test'><name>\(name)</name><memory>8192</memory><os><type>hvm</type></os></domain>"
    }

    @Test func opensTheTestDriver() throws {
        let connection = try Connection(opening: "test:///default")
        let alive = connection.isAlive
        #expect(alive)
        let version = try connection.hypervisorVersion()
        #expect(!version.isEmpty)
        #expect(Connection.libraryVersion.split(separator: ".").count == 3)
    }

    @Test func namesAnUnknownURI() throws {
        let error = #expect(throws: LibvirtError.self) { _ = try Connection(opening: "nonsense:///x") }
        let message = try #require(error).description
        #expect(message.hasPrefix("cannot connect to nonsense:///x: "), "\(message)")
    }

    @Test func namesASocketThatIsNotThere() throws {
        let uri = "qemu+unix:///system?socket=/nowhere/libvirt-sock"
        let error = try #require(throws: LibvirtError.self) { _ = try Connection(opening: uri) }
        #expect(error.message.contains("Failed to connect socket to '/nowhere/libvirt-sock'"), "\(error)")
    }

    @Test func domainLivesUntilDestroyed() throws {
        let connection = try Connection(opening: "test:///default")
        let domain = try connection.createDomain(xml: Self.xml("short"), named: "short", autodestroy: false)
        #expect(domain.name == "short")
        #expect(try domain.state().state == .running)
        #expect(UUID(uuidString: try domain.uuid()) != nil)
        #expect(try domain.xml().contains("<name>short</name>"))
        try domain.destroy()
        let error = #expect(throws: LibvirtError.self) { _ = try connection.domain(named: "short") }
        #expect(error?.meansGone == true)
    }

    @Test func destroyingAVanishedDomainSucceeds() throws {
        let connection = try Connection(opening: "test:///default")
        let domain = try connection.createDomain(xml: Self.xml("twice"), named: "twice", autodestroy: false)
        try domain.destroy()
        try domain.destroy()
    }

    @Test func refusalNamesTheDomain() throws {
        let connection = try Connection(opening: "test:///default")
        let error = try #require(throws: LibvirtError.self) {
            _ = try connection.createDomain(xml: "<domain/>", named: "empty", autodestroy: false)
        }
        #expect(error.description.hasPrefix("cannot start domain empty: "), "\(error)")
        #expect(!error.meansGone)
    }

    @Test func lifecycleEventsArrive() async throws {
        let seen = Seen()
        try await {
            var connection = try Connection(opening: "test:///default")
            // The test driver is one for the whole process.
            try connection.onLifecycle { if $0.domain == "eventful" { seen.add($0) } }
            let domain = try connection.createDomain(xml: Self.xml("eventful"), named: "eventful", autodestroy: false)
            try domain.destroy()
            for _ in 0..<200 where seen.events.count < 2 { try await Task.sleep(for: .milliseconds(10)) }
        }()
        #expect(
            seen.events == [
                LifecycleEvent(domain: "eventful", change: .started),
                LifecycleEvent(domain: "eventful", change: .stopped(.destroyed)),
            ])
    }
}

private final class Seen: Sendable {
    private let list = Mutex<[LifecycleEvent]>([])
    var events: [LifecycleEvent] { list.withLock { $0 } }
    func add(_ event: LifecycleEvent) { list.withLock { $0.append(event) } }
}
