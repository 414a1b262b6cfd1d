"""Networks that everybody looks for: on the map they are named first."""

from __future__ import annotations

LANDMARKS = frozenset({
    "neocognitron", "convnet1989", "lenet5", "alexnet", "zfnet", "nin_cifar10", "vgg16", "vgg19", "googlenet",
    "highway_cifar19", "inception_v3", "inception_v4", "resnet18", "resnet50", "resnet152",
    "resnet1202_cifar",
    "preact_resnet1001_cifar10", "wrn28_10_cifar10", "densenet121", "xception", "resnext50_32x4d",
    "pyramidnet200_a450", "polynet", "se_resnet50", "senet154", "cbam_resnet50", "residual_attention56",
    "mobilenet_v1", "mobilenet_v2", "shufflenet_v1_g3", "ghostnet", "efficientnet_b0", "efficientnet_b7",
    "nasnet_a_large", "amoebanet_a", "unet_paper", "deeplabv3_resnet50", "yolo_v1", "yolo_v3", "ssd300_vgg16",
    "faster_rcnn_vgg16", "maskrcnn_resnet50_fpn", "transformer_base", "vit_b_16", "vit_l_16", "swin_t",
    "lstm_300_500", "seq2seq_bahdanau", "convlstm_64x64", "c3d", "srresnet_x4", "dino_vit_s16",
})  # fmt: skip
