package dev.kiln.bench.report;

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;

/**
 * How fast each engine is at the works of a family, beside one of Kiln's: dots with error bars on a
 * logarithmic axis, for factors of ten lie between some.
 */
final class SpeedChart {
  private static final List<Color> COLORS =
      List.of(
          new Color(0x1F4E8C),
          new Color(0xC2391E),
          new Color(0x2E8B57),
          new Color(0xD9A21B),
          new Color(0x7B4EA3),
          new Color(0x17A2B8),
          new Color(0x6B6B6B),
          new Color(0xE377C2));

  private SpeedChart() {}

  /** An {@code <svg>} element. */
  static String svg(Results results, String family) throws IOException {
    CategoryChart chart = chart(results, family);
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
    // letters are drawn as shapes: fewer places of their corners make a third of the file
    context.setPrecision(1);
    SVGGraphics2D canvas = new SVGGraphics2D(context, false);
    chart.paint(canvas, chart.getWidth(), chart.getHeight());
    StringWriter text = new StringWriter();
    canvas.stream(canvas.getRoot(), text, true, false); // styles as CSS, numbers not rounded
    String svg = text.toString();
    return svg.substring(svg.indexOf("<svg"));
  }

  private static Document document() throws IOException {
    try {
      DOMImplementation dom =
          DocumentBuilderFactory.newInstance().newDocumentBuilder().getDOMImplementation();
      return dom.createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IOException("this Java has no XML", e);
    }
  }

  static CategoryChart chart(Results results, String family) {
    List<String> works = results.works(family);
    List<String> engines = results.engines(family);
    String base = engines.contains("kiln-cpu") ? "kiln-cpu" : engines.get(0);
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(1050)
            .height(520)
            .title(family)
            .yAxisTitle("speed, " + base + " = 1")
            .build();
    style(chart);
    int drawn = 0;
    for (String engine : engines) {
      List<Double> speeds = new ArrayList<>();
      List<Double> errors = new ArrayList<>();
      for (String work : works) {
        Optional<Estimate> speed = speed(results, work, engine, base);
        speeds.add(speed.map(one -> log2(one.value())).orElse(Double.NaN));
        errors.add(
            speed
                .map(one -> one.error() / one.value() / Math.log(2))
                .filter(error -> !error.isNaN())
                .orElse(0.0));
      }
      Color color = COLORS.get(drawn++ % COLORS.size());
      CategorySeries series = chart.addSeries(engine, works, speeds, errors);
      series.setMarkerColor(color).setLineColor(color).setFillColor(color);
    }
    return chart;
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  private static Optional<Estimate> speed(
      Results results, String work, String engine, String base) {
    Optional<Measured> one = results.find(work, engine);
    Optional<Measured> other = results.find(work, base);
    return one.isPresent() && other.isPresent()
        ? Optional.of(other.get().time().over(one.get().time()))
        : Optional.empty();
  }

  private static void style(CategoryChart chart) {
    CategoryStyler style = chart.getStyler();
    style.setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Scatter);
    style.setXAxisLabelRotation(45);
    // not XChart's own logarithmic axis, on which it draws error bars to wrong places
    style.setyAxisTickLabelsFormattingFunction(
        log -> String.format(Locale.ROOT, "%.3g", Math.pow(2, log)));
    style.setPlotGridLinesColor(new Color(0xE2E2E2));
    style.setChartBackgroundColor(Color.WHITE);
    style.setPlotBackgroundColor(Color.WHITE);
    style.setPlotBorderColor(new Color(0xB0B0B0));
    style.setLegendPosition(LegendPosition.OutsideS);
    style.setLegendLayout(LegendLayout.Horizontal);
    style.setLegendBorderColor(Color.WHITE);
    style.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
    style.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18));
    style.setChartPadding(16);
  }
}
