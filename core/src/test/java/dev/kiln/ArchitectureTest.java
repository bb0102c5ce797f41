package dev.kiln;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The lines between the packages of core. */
@AnalyzeClasses(packages = "dev.kiln", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] ABOVE_THE_OPS = {
    "dev.kiln.nn..", "dev.kiln.optim..", "dev.kiln.data.."
  };

  @ArchTest
  static final ArchRule coreStandsOnTheJdkAlone =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..", "dev.kiln..", "jdk.incubator.vector..", "org.jspecify.."));

  @ArchTest
  static final ArchRule onlyTheCpuBackendKnowsItself =
      noClasses()
          .that(resideOutsideOfPackages("dev.kiln.cpu.."))
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.kiln.cpu..", "dev.kiln.gpu.."));

  @ArchTest
  static final ArchRule onlyTheCpuBackendSeesTheVectorApi =
      noClasses()
          .that(resideOutsideOfPackages("dev.kiln.cpu.."))
          .should()
          .dependOnClassesThat(resideInAnyPackage("jdk.incubator.vector.."));

  @ArchTest
  static final ArchRule theTapeKnowsNoOp =
      noClasses()
          .that()
          .resideInAPackage("dev.kiln.autograd..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.kiln.ops.."))
          .orShould()
          .dependOnClassesThat(resideInAnyPackage(ABOVE_THE_OPS));

  @ArchTest
  static final ArchRule theOpsKnowNothingAboveThem =
      noClasses()
          .that()
          .resideInAPackage("dev.kiln.ops..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(ABOVE_THE_OPS));

  @ArchTest
  static final ArchRule backendsAreToldPlainNumbers =
      noClasses()
          .that()
          .resideInAnyPackage("dev.kiln.backend..", "dev.kiln.cpu..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.kiln.ops..", "dev.kiln.autograd.."))
          .orShould()
          .dependOnClassesThat(resideInAnyPackage(ABOVE_THE_OPS))
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(Tensor.class, Scope.class);

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("dev.kiln.(*)..").should().beFreeOfCycles();

  @ArchTest static final ArchRule aLibraryPrintsNothing = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule logsGoToSystemLogger =
      noClasses().should().dependOnClassesThat(resideInAnyPackage("java.util.logging.."));
}
