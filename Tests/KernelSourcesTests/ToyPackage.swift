import Foundation
import HostTools
import TestSupport
import Testing

/// A source RPM of the toy tree, built by rpmbuild around the spec a test writes.
struct ToyPackage {
    let toy: ToyKernel
    /// The lines between the preamble and `%prep`: `Patch1: one.patch`.
    var preamble = ""
    /// The lines of `%prep`, after the tree was unpacked into `kernel-6.1.7/linux-6.1.7.x86_64`, where they run.
    var prep = ""
    var files: KeyValuePairs<String, String> = [:]
    var release = "128.el5"

    /// As the specs of old kernels do it: a vanilla tree that stays, and a copy to patch.
    private var spec: String {
        """
        Name: kernel
        Version: 6.1.7
        Release: \(release)
        Summary: a toy
        License: GPL
        Group: System Environment/Kernel
        Source0: linux-6.1.7.tar.bz2
        Source1: apply.txt
        BuildPreReq: a-tool-nobody-has >= 3
        \(preamble)
        %description
        A toy.
        %prep
        %setup -q -n %{name}-%{version} -c
        mv linux-6.1.7 vanilla
        cp -rl vanilla linux-6.1.7.%{_target_cpu}
        cd linux-6.1.7.%{_target_cpu}
        \(prep)
        perl -p -i -e "s/^EXTRAVERSION.*/EXTRAVERSION = -prep/" Makefile
        %build
        echo the build must not run
        exit 9
        %files

        """
    }

    private var top: URL { toy.folder.appending(path: "rpm") }

    func build() async throws -> URL {
        let sources = top.appending(path: "SOURCES")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        let script = #"cp -a "$0" "$1/linux-6.1.7" && tar -C "$1" -cjf "$2/linux-6.1.7.tar.bz2" linux-6.1.7"#
        try await HostTool("bash").run(to: "pack", ["-c", script, toy.tree.path, top.path, sources.path])
        try toy.write("what the patches are about\n", to: "rpm/SOURCES/apply.txt")
        for (name, text) in files { try toy.write(text, to: "rpm/SOURCES/\(name)") }
        try toy.write(spec, to: "rpm/SPECS/kernel.spec")
        return try await rpmbuild("-bs", "SRPMS")
    }

    /// The binary package of a spec that packs nothing.
    func buildBinary() async throws -> URL {
        let spec = """
            Name: kernel
            Version: 6.1.7
            Release: \(release)
            Summary: a toy
            License: GPL
            BuildArch: noarch
            %description
            A toy.
            %files

            """
        try toy.write(spec, to: "rpm/SPECS/kernel.spec")
        return try await rpmbuild("-bb", "RPMS/noarch")
    }

    private func rpmbuild(_ what: String, _ place: String) async throws -> URL {
        let defines = ["_topdir \(top.path)", "_tmppath \(top.path)/tmp", "_dbpath \(top.path)/database"]
        try FileManager.default.createDirectory(at: top.appending(path: "tmp"), withIntermediateDirectories: true)
        try await HostTool("rpmbuild").run(
            to: "pack",
            [what, "--nodeps"] + defines.flatMap { ["--define", $0] } + [top.appending(path: "SPECS/kernel.spec").path])
        let folder = top.appending(path: place)
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder.path).first)
        return folder.appending(path: name)
    }
}
