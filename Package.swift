// swift-tools-version: 6.2
// The order of the targets is the order of the stages: none depends on one below it.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let xml = Target.Dependency.product(name: "XMLCoder", package: "XMLCoder")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

func stage(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, resources: resources,
        swiftSettings: strict)
}

let package = Package(
    name: "drydock",
    products: [.executable(name: "drydock", targets: ["drydock"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/CoreOffice/XMLCoder", from: "0.18.2"),
    ],
    targets: [
        // The C libraries, and the handles over them.
        .systemLibrary(name: "CLibvirt", pkgConfig: "libvirt", providers: [.apt(["libvirt-dev"])]),
        .systemLibrary(name: "CGuestfs", pkgConfig: "libguestfs", providers: [.apt(["libguestfs-dev"])]),
        // OpenSSL's SHA-256, which is on the machine anyway: swift-crypto builds for two minutes, twice.
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CProcess"),
        stage("Libvirt", ["CLibvirt"]),
        stage("Guestfs", ["CGuestfs"]),

        // The ground: files, and other programs.
        stage("Files", ["COpenSSL"]),
        stage("HostTools", ["Files", subprocess, system]),

        // What one test is about, and what one boot left behind.
        stage("Targets", [yaml]),
        stage("Evidence", ["Files"]),

        // What a guest prints: init's markers, the kernel's reports, the probe's trace.
        stage("Console", ["Evidence"]),

        // The doing half: what is built is made of a source and of patches.
        stage("KernelSources", ["Evidence", "Files", "HostTools", "Targets"]),
        stage("Patches", ["Evidence", "Files", "HostTools", "KernelSources"]),
        stage("PatchImport", ["Files", "HostTools", "Patches"]),
        stage("Build", ["Evidence", "Files", "HostTools", "KernelSources", "Patches", "Targets"]),
        stage("Image", ["Build", "Evidence", "Files", "HostTools", "Targets", yaml]),
        stage("Machine", ["CProcess", "Console", "Evidence", "Files", "HostTools", "Libvirt", "Targets", xml]),
        stage("Results", ["Evidence", "Files", "Guestfs"]),

        // The judging half.
        stage("Judgement", ["Console", "Evidence", "Files"]),
        stage("Report", ["Console", "Evidence", "Files", "Judgement"]),

        // The one place that sees both, and the command line.
        stage(
            "Runs",
            [
                "Build", "Console", "Evidence", "Files", "HostTools", "Image", "Judgement", "KernelSources", "Machine",
                "Patches",
                "Results", "Targets",
            ]),
        .executableTarget(
            name: "drydock",
            dependencies: [
                "Build", "CProcess", "Console", "Evidence", "Files", "HostTools", "Image", "Judgement", "KernelSources",
                "Machine",
                "PatchImport", "Patches", "Runs", "Report", "Results", "Targets", arguments,
            ], swiftSettings: strict),

        tests("Libvirt", []),
        tests("Guestfs", []),
        tests("Files", []),
        tests("HostTools", ["Files"]),
        tests("Targets", []),
        tests("Evidence", ["Files"]),
        tests("Console", ["Evidence"]),
        tests("KernelSources", ["Files", "HostTools", "Targets", "TestSupport"]),
        tests("Patches", ["Evidence", "Files", "HostTools", "KernelSources", "TestSupport"]),
        tests("PatchImport", ["Files", "HostTools", "Patches"]),
        tests("Build", ["Evidence", "Files", "HostTools", "KernelSources", "Patches", "Targets", "TestSupport"]),
        // The toy kernel that several test targets build.
        .target(
            name: "TestSupport",
            dependencies: ["Build", "Evidence", "HostTools", "KernelSources", "Patches", "Targets"],
            path: "Tests/TestSupport", resources: [.copy("Fixtures")], swiftSettings: strict),
        tests("Image", ["Evidence", "HostTools", "Targets"]),
        tests(
            "Machine", ["CProcess", "Console", "Evidence", "Files", "GuestHolder", "HostTools", "Libvirt", "Targets"]),
        .executableTarget(
            name: "GuestHolder", dependencies: ["HostTools", "Machine"], path: "Tests/GuestHolder",
            swiftSettings: strict),
        tests("Results", ["Evidence", "Files", "Guestfs", "HostTools"]),
        tests("Judgement", ["Console", "Evidence", "Files", "Report"], resources: [.copy("Corpus"), .copy("Runs")]),
        tests("Report", ["Console", "Evidence", "Files", "Judgement"], resources: [.copy("Golden")]),
        tests(
            "Runs",
            [
                "Build", "Console", "Evidence", "Files", "HostTools", "Image", "Judgement", "Machine", "Patches",
                "Results",
                "Targets", "TestSupport",
            ]),
        tests("drydock", ["HostTools", "Evidence"]),
    ]
)
