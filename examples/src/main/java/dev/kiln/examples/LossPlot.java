package dev.kiln.examples;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Losses as curves over the steps: one with its running mean over it, or several side by side. */
public final class LossPlot {
  private static final Color PALE = new Color(0xB9CFE6);
  private static final Color STRONG = new Color(0x1F4E8C);

  /** For curves side by side, told apart by brightness too. */
  private static final List<Color> SEVERAL =
      List.of(
          new Color(0x1F4E8C),
          new Color(0xC2391E),
          new Color(0x2E8B57),
          new Color(0xD9A21B),
          new Color(0x7B4EA3),
          new Color(0x17A2B8),
          new Color(0x6B6B6B),
          new Color(0xE377C2));

  private LossPlot() {}

  /** The colour of the curve that comes after {@code before} others, in this and other pictures. */
  public static Color color(int before) {
    return SEVERAL.get(before % SEVERAL.size());
  }

  /**
   * The loss of every step, and its running mean.
   *
   * @param loss what the loss is, for the axis: "cross entropy"
   */
  public static void write(Path file, String title, String loss, List<Float> losses)
      throws IOException {
    XYChart chart = chart(title, loss);
    withMean(chart, losses);
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  /**
   * Likewise, with what was measured now and then beside it.
   *
   * @param measured what that is, for the legend: "held out"
   * @param values by the step after which they were measured, at least one
   */
  public static void write(
      Path file,
      String title,
      String loss,
      List<Float> losses,
      String measured,
      SortedMap<Integer, Float> values)
      throws IOException {
    XYChart chart = chart(title, loss);
    withMean(chart, losses);
    double[] steps = values.keySet().stream().mapToDouble(Integer::doubleValue).toArray();
    double[] at = values.values().stream().mapToDouble(Float::doubleValue).toArray();
    line(chart, measured, steps, at, SEVERAL.get(1), 2.5f)
        .setMarker(SeriesMarkers.CIRCLE)
        .setMarkerColor(SEVERAL.get(1));
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  private static void withMean(XYChart chart, List<Float> losses) {
    chart.getStyler().setYAxisMin(0.0);
    double[] steps = steps(losses.size());
    double[] each = doubles(losses);
    int window = Math.max(1, losses.size() / 50);
    line(chart, "each step", steps, each, PALE, 1);
    if (window > 1) {
      line(chart, "mean of " + window + " steps", steps, runningMean(each, window), STRONG, 2.5f);
    }
  }

  /**
   * Several runs side by side, each smoothed by its running mean.
   *
   * @param logarithmic whether the losses' axis is: for runs that differ by orders of magnitude
   * @param runs by name, in the order of the legend; each with at least one loss
   */
  public static void write(
      Path file, String title, String loss, boolean logarithmic, Map<String, List<Float>> runs)
      throws IOException {
    XYChart chart = chart(title, loss);
    chart.getStyler().setYAxisLogarithmic(logarithmic);
    if (!logarithmic) {
      chart.getStyler().setYAxisMin(0.0);
    }
    int drawn = 0;
    for (Map.Entry<String, List<Float>> run : runs.entrySet()) {
      double[] each = doubles(run.getValue());
      double[] smooth = runningMean(each, Math.max(1, each.length / 50));
      Color color = color(drawn++);
      line(chart, run.getKey(), steps(each.length), smooth, color, 2);
    }
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  private static XYChart chart(String title, String loss) {
    XYChart chart =
        new XYChartBuilder()
            .width(1000)
            .height(600)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle(loss)
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18))
        .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
        .setLegendPosition(LegendPosition.InsideNE)
        .setLegendBorderColor(Color.WHITE)
        .setChartPadding(16);
    chart
        .getStyler()
        .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15))
        .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
        .setPlotGridLinesColor(new Color(0xE2E2E2))
        .setXAxisDecimalPattern("#,##0")
        .setYAxisDecimalPattern("0.0#")
        .setXAxisTickMarkSpacingHint(120)
        .setXAxisMin(0.0)
        .setPlotBorderColor(new Color(0xB0B0B0));
    return chart;
  }

  private static double[] steps(int n) {
    double[] steps = new double[n];
    for (int i = 0; i < n; i++) {
      steps[i] = i + 1;
    }
    if (n > 2) {
      // points at equal distances would draw XChart's ticks to themselves, away from round numbers
      steps[1] += 0.01;
    }
    return steps;
  }

  private static double[] doubles(List<Float> values) {
    return values.stream().mapToDouble(Float::doubleValue).toArray();
  }

  private static XYSeries line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    return series;
  }

  /** Over the latest {@code window} values, or as many as there are. */
  static double[] runningMean(double[] values, int window) {
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int from = Math.max(0, i - window + 1);
      double sum = 0;
      for (int j = from; j <= i; j++) {
        sum += values[j];
      }
      means[i] = sum / (i - from + 1);
    }
    return means;
  }
}
