package dev.kiln.gpu;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
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

/** The lines between the packages of kernels, and what they may know of core. */
@AnalyzeClasses(packages = "dev.kiln.gpu", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest
  static final ArchRule kernelsStandOnTheJdkAndTheTwoBindings =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..", "dev.kiln..", "org.jocl..", "jcuda..", "org.jspecify.."));

  @ArchTest
  static final ArchRule onlyTheOpenClDriverSeesJocl =
      noClasses()
          .that(resideOutsideOfPackages("dev.kiln.gpu.opencl.."))
          .should()
          .dependOnClassesThat(resideInAnyPackage("org.jocl.."));

  @ArchTest
  static final ArchRule onlyTheCudaDriverSeesJcuda =
      noClasses()
          .that(resideOutsideOfPackages("dev.kiln.gpu.cuda.."))
          .should()
          .dependOnClassesThat(resideInAnyPackage("jcuda.."));

  @ArchTest
  static final ArchRule theBackendIsWrittenOnceForBothDrivers =
      noClasses()
          .that()
          .resideInAPackage("dev.kiln.gpu")
          .should()
          .dependOnClassesThat(resideInAnyPackage("dev.kiln.gpu.opencl..", "dev.kiln.gpu.cuda.."));

  @ArchTest
  static final ArchRule theDriversDoNotKnowEachOther =
      slices()
          .matching("dev.kiln.gpu.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAPackage("dev.kiln.gpu.driver"));

  @ArchTest
  static final ArchRule whatADriverIsStandsAlone =
      classes()
          .that()
          .resideInAPackage("dev.kiln.gpu.driver")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "dev.kiln", "dev.kiln.gpu.driver", "org.jspecify.."));

  @ArchTest
  static final ArchRule ofCoreTheyKnowTheBackendContract =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "dev.kiln.ops..",
                  "dev.kiln.autograd..",
                  "dev.kiln.nn..",
                  "dev.kiln.optim..",
                  "dev.kiln.data..",
                  "dev.kiln.io..",
                  "dev.kiln.cpu.."))
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("dev.kiln.Tensor");

  @ArchTest static final ArchRule aLibraryPrintsNothing = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

  @ArchTest
  static final ArchRule logsGoToSystemLogger =
      noClasses().should().dependOnClassesThat(resideInAnyPackage("java.util.logging.."));
}
