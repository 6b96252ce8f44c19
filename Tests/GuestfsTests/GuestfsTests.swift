import Foundation
import Guestfs
import Testing

@Suite struct GuestfsTests {
    @Test func theLibraryTellsItsVersion() throws {
        let guestfs = try Guestfs.create()
        let version = try guestfs.version()
        #expect(version.split(separator: ".").count == 3)
        #expect(version.hasPrefix("1."))
    }

    @Test func aMissingDriveIsNamed() throws {
        let guestfs = try Guestfs.create()
        let image = URL(filePath: "/nonexistent/results.img")
        let error = #expect(throws: GuestfsError.self) { try add(image, to: guestfs) }
        #expect(error?.act == "give the appliance the disk")
        #expect(error?.value == image.path)
        #expect(error?.code == ENOENT)
        #expect(error?.message.contains("No such file") == true)
    }

    @Test func tooLittleMemoryIsRefusedInTheLibrarysWords() throws {
        let guestfs = try Guestfs.create()
        let error = #expect(throws: GuestfsError.self) { try shrink(guestfs) }
        #expect(error?.description.hasPrefix("cannot set the appliance's memory to 1 MiB: too small value") == true)
    }

    @Test func nothingCanBeAskedBeforeTheLaunch() throws {
        let guestfs = try Guestfs.create()
        let isReady = guestfs.isReady
        #expect(!isReady)
        let error = #expect(throws: GuestfsError.self) { try list(guestfs) }
        #expect(error?.message.contains("launch") == true)
    }

    @Test func aLaunchWithoutAnApplianceSaysWhatInstallsOne() async throws {
        let error = await #expect(throws: GuestfsError.self) {
            try await Guestfs.converse { guestfs in
                try guestfs.setSearchPath("/nonexistent")
                try guestfs.addDrive(URL(filePath: "/dev/null"), readOnly: true)
                try guestfs.launch(within: 60)
            }
        }
        #expect(error?.act == "launch the libguestfs appliance")
        #expect(error?.message.contains("cannot find any suitable libguestfs supermin") == true)
        #expect(error?.message.contains("LIBGUESTFS_DEBUG") == false)
        #expect(error?.nextStep?.contains("`make setup`") == true)
        #expect(error?.nextStep?.contains("force_tcg") == true)
    }

    @Test func aCancelledTaskHoldsNoConversation() async throws {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await Guestfs.converse { _ in Issue.record("the conversation took place") }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func conversationsLeaveTheCooperativePoolAlone() async throws {
        // More waits than the pool has threads, and each ends only when all have begun.
        let count = 2 * ProcessInfo.processInfo.activeProcessorCount
        let gate = DispatchSemaphore(value: 0)
        let begun = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for _ in 0..<count { begun.wait() }
            for _ in 0..<count { gate.signal() }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await Guestfs.converse { _ in
                        begun.signal()
                        guard gate.wait(timeout: .now() + 10) == .success else { throw CancellationError() }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    // A closure of a macro would copy the handle.
    private func add(_ image: URL, to guestfs: borrowing Guestfs) throws {
        try guestfs.addDrive(image, readOnly: true)
    }

    private func list(_ guestfs: borrowing Guestfs) throws {
        _ = try guestfs.names(in: "/")
    }

    private func shrink(_ guestfs: borrowing Guestfs) throws {
        try guestfs.setMemory(mebibytes: 1)
    }
}
