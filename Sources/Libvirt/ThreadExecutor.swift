import Dispatch
import Foundation
import Synchronization

/// Runs an actor's jobs, one after the other, on one thread that is allowed to block.
///
/// libvirt's calls block and its last error belongs to the thread, so they may neither occupy the cooperative pool nor
/// move between threads.
package final class ThreadExecutor: SerialExecutor {
    private let queue: JobQueue

    package init(name: String) {
        let queue = JobQueue()
        self.queue = queue
        let thread = Thread { queue.drain() }
        thread.name = name
        // libvirt's QEMU driver keeps large buffers on the stack.
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit { queue.put(.stop) }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.put(.run(UnownedJob(job), asUnownedSerialExecutor()))
    }
}

private final class JobQueue: Sendable {
    enum Entry: Sendable {
        case run(UnownedJob, UnownedSerialExecutor)
        case stop
    }

    private let entries = Mutex<[Entry]>([])
    private let filled = DispatchSemaphore(value: 0)

    func put(_ entry: Entry) {
        entries.withLock { $0.append(entry) }
        filled.signal()
    }

    func drain() {
        while true {
            filled.wait()
            switch entries.withLock({ $0.removeFirst() }) {
            case .run(let job, let executor): job.runSynchronously(on: executor)
            case .stop: return
            }
        }
    }
}
