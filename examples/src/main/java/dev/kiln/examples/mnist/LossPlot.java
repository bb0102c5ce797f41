package dev.kiln.examples.mnist;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss of every step as a curve, and its running mean over it. */
final class LossPlot {
  private static final Color PALE = new Color(0xB9CFE6);
  private static final Color STRONG = new Color(0x1F4E8C);

  private LossPlot() {}

  static void write(Path file, String title, List<Float> losses) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(1000)
            .height(600)
            .title(title)
            .xAxisTitle("step")
            .yAxisTitle("cross entropy")
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
        .setYAxisMin(0.0)
        .setPlotBorderColor(new Color(0xB0B0B0));
    double[] steps = new double[losses.size()];
    double[] each = new double[losses.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i + 1;
      each[i] = losses.get(i);
    }
    if (steps.length > 2) {
      // points at equal distances would draw XChart's ticks to themselves, away from round numbers
      steps[1] += 0.01;
    }
    int window = Math.max(1, losses.size() / 50);
    line(chart, "each step", steps, each, PALE, 1);
    if (window > 1) {
      line(chart, "mean of " + window + " steps", steps, runningMean(each, window), STRONG, 2.5f);
    }
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  private static void line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
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
