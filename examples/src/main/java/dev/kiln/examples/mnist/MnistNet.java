package dev.kiln.examples.mnist;

import dev.kiln.examples.mnist.nets.Cnn;
import dev.kiln.examples.mnist.nets.DenseNet;
import dev.kiln.examples.mnist.nets.Inception;
import dev.kiln.examples.mnist.nets.InceptionResNet;
import dev.kiln.examples.mnist.nets.Mlp;
import dev.kiln.examples.mnist.nets.MobileNet;
import dev.kiln.examples.mnist.nets.ResNet;
import dev.kiln.examples.mnist.nets.SeNet;
import dev.kiln.examples.mnist.nets.SqueezeNet;
import dev.kiln.examples.mnist.nets.Vgg;
import dev.kiln.nn.Module;
import java.util.Locale;
import java.util.function.Supplier;

/** The networks that {@code kiln mnist} trains, each with what it is usually trained with. */
enum MnistNet {
  MLP(256, 6, 2e-3, Mlp::new),
  CNN(64, 2, 2e-3, Cnn::new),
  INCEPTION(64, 2, 2e-3, () -> new Inception(10)),
  /** Its large convolutions add up thousands of changes: each must be small. */
  INCEPTION_RESNET(64, 2, 3e-4, InceptionResNet::new),
  DENSENET(64, 2, 2e-3, DenseNet::new),
  VGG(64, 2, 2e-3, Vgg::new),
  RESNET(64, 2, 2e-3, ResNet::new),
  MOBILENET(64, 2, 2e-3, MobileNet::new),
  SQUEEZENET(64, 2, 2e-3, SqueezeNet::new),
  SENET(64, 2, 2e-3, SeNet::new);

  private final int batch;
  private final int epochs;
  private final double lr;
  private final Supplier<Module> make;

  MnistNet(int batch, int epochs, double lr, Supplier<Module> make) {
    this.batch = batch;
    this.epochs = epochs;
    this.lr = lr;
    this.make = make;
  }

  /** A new one, without values yet. */
  Module build() {
    return make.get();
  }

  /** The batch size unless another is asked for. */
  int batch() {
    return batch;
  }

  /** The number of epochs unless another is asked for. */
  int epochs() {
    return epochs;
  }

  /** Adam's learning rate unless another is asked for. */
  double lr() {
    return lr;
  }

  /** As on the command line: {@code inception-resnet}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
