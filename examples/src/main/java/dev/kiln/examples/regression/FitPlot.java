package dev.kiln.examples.regression;

import dev.kiln.examples.LossPlot;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The points, and the curve that each optimizer has made of them. */
final class FitPlot {
  private static final Color POINT = new Color(0xB9C2CC);

  private static final int TRUTH = 201;
  private static final BasicStroke DASHED =
      new BasicStroke(
          1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 5}, 0);

  private FitPlot() {}

  /**
   * @param fits by name, on an even grid
   */
  static void write(Path file, NoisyCurve curve, Map<String, float[]> fits) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(1000)
            .height(600)
            .title("One curve, seven optimizers")
            .xAxisTitle("x")
            .yAxisTitle("y")
            .build();
    chart
        .getStyler()
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBackgroundColor(Color.WHITE)
        .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 18))
        .setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14))
        .setLegendPosition(LegendPosition.InsideNW)
        .setLegendBorderColor(Color.WHITE)
        .setChartPadding(16);
    chart
        .getStyler()
        .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 15))
        .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13))
        .setPlotGridLinesColor(new Color(0xE2E2E2))
        .setXAxisDecimalPattern("0.0#")
        .setYAxisDecimalPattern("0.0#")
        .setXAxisMin(-1.0)
        .setXAxisMax(1.0)
        .setPlotBorderColor(new Color(0xB0B0B0));
    XYSeries points = chart.addSeries("the points", doubles(curve.x()), doubles(curve.y()));
    points.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    points.setMarker(SeriesMarkers.CIRCLE);
    points.setMarkerColor(POINT);
    chart.getStyler().setMarkerSize(5);
    float[] truth = NoisyCurve.grid(TRUTH);
    double[] places = doubles(truth);
    for (int i = 0; i < TRUTH; i++) {
      truth[i] = NoisyCurve.truth(truth[i]);
    }
    XYSeries dashes = chart.addSeries("without noise", places, doubles(truth));
    dashes.setMarker(SeriesMarkers.NONE);
    dashes.setLineColor(Color.BLACK);
    dashes.setLineStyle(DASHED);
    int drawn = 0;
    for (Map.Entry<String, float[]> fit : fits.entrySet()) {
      double[] x = doubles(NoisyCurve.grid(fit.getValue().length));
      XYSeries line = chart.addSeries(fit.getKey(), x, doubles(fit.getValue()));
      line.setMarker(SeriesMarkers.NONE);
      line.setLineColor(LossPlot.color(drawn++));
      line.setLineStyle(new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
    }
    BitmapEncoder.saveBitmap(chart, file.toString(), BitmapFormat.PNG);
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }
}
