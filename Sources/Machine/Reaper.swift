import CProcess
import Foundation
import Synchronization

/// Collects the QEMU processes that libvirt's embedded driver leaves behind.
///
/// libvirt makes them daemons and then waits up to 40 seconds for each until it has gone; but a dead process stays
/// until its parent waits for it. The parent would be process 1, which does not always do so soon. So this process
/// adopts them. It collects only QEMUs of other sessions, so no child of other code in this process.
final class Reaper: Sendable {
    private static let interval = 0.01
    /// libvirt also asks the QEMUs of other architectures about their abilities.
    static let program = "qemu-system-"
    private let stopped = Mutex(false)
    /// To be a parent of orphans is a property of the process.
    private static let running = Mutex(0)

    /// Collects until `stop`.
    init() {
        // To adopt without being able to list one's children would make it worse.
        guard FileManager.default.fileExists(atPath: "/proc/self/task/\(getpid())/children") else { return }
        Self.running.withLock { running in
            running += 1
            _ = cprocess_set_subreaper(1)
        }
        let thread = Thread { [self] in
            while !stopped.withLock({ $0 }) {
                collect()
                Thread.sleep(forTimeInterval: Self.interval)
            }
            collect()
            Self.running.withLock { running in
                running -= 1
                if running == 0 { _ = cprocess_set_subreaper(0) }
            }
        }
        thread.name = "reaper"
        thread.start()
    }

    func stop() { stopped.withLock { $0 = true } }

    private func collect() {
        guard let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task") else { return }
        for thread in threads {
            guard let children = ProcessTable.text("/proc/self/task/\(thread)/children") else { continue }
            for child in children.split(separator: " ").compactMap({ pid_t($0) }) where isOurs(child) {
                waitpid(child, nil, WNOHANG)
            }
        }
    }

    private func isOurs(_ child: pid_t) -> Bool {
        guard let stat = ProcessTable.stat(of: child) else { return false }
        return stat.state == "Z" && stat.name.hasPrefix(Self.program) && stat.session != getsid(0)
    }
}
