import Foundation
import HostTools
import Results
import Testing

@Suite struct ApplianceRecipeTests {
    @Test func librariesAndTheProgramsOfTheStartAreKept() {
        let recipe = ApplianceRecipe(of: "acl\nbash\ncoreutils\nlibaugeas0\nlvm2\nmdadm\nmount\n")
        #expect(recipe.packages == "bash\ncoreutils\nlibaugeas0\nmount\n")
    }

    @Test func anotherLibguestfsIsAnotherAppliance() {
        #expect(ApplianceRecipe(of: "libhivex0\n").digest != ApplianceRecipe(of: "libhivex1\n").digest)
    }

    @Test func theArchiveIsOneThatTarReads() async throws {
        let folder = try TemporaryFolder()
        let archive = folder.url.appending(component: "init.tar")
        let content = Data(String(repeating: "line\n", count: 300).utf8)
        try TarArchive.holding(content, named: "init").write(to: archive)
        let listing = try await HostTool("tar").run(to: "list", ["-tvf", archive.path]).output
        #expect(listing.hasPrefix("-rwxr-xr-x 0/0"))
        #expect(listing.contains(" 1500 "))
        try await HostTool("tar").run(to: "unpack", ["-xf", archive.path], in: folder.url)
        #expect(try Data(contentsOf: folder.url.appending(component: "init")) == content)
    }
}
