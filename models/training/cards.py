"""What `card.json` says of each model beside the figures: title, data, licences, limits."""

CIFAR = {
    "name": "CIFAR-10",
    "source": "https://www.cs.toronto.edu/~kriz/cifar.html",
    "citation": "A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
    "license": "No formal licence; published for research, to be cited. No image of it is shipped.",
    "train": "48,000 of the 50,000 training images (here as JPEG of quality 94); 2,000 kept for validation",
    "heldOut": "the 10,000 test images, lossless",
}

CORPUS = {
    "name": "English prose: 39 books of Standard Ebooks and OpenStax",
    "source": "https://standardebooks.org, https://openstax.org",
    "citation": "OpenStax textbooks, CC BY 4.0, Rice University; Standard Ebooks editions, CC0",
    "license": "Public domain in the US with CC0 editions (Standard Ebooks); CC BY 4.0 (OpenStax)",
    "train": "29.2 MB of the 29.8 MB training text; 0.6 MB kept for validation",
    "heldOut": "0.85 MB of three other books: The Railway Children, The Time Machine, part of Introduction to Sociology",
}

CARDS = {
    "image-fourier": {
        "title": "Ten kinds of thing, from raw pixels",
        "task": "image-classification",
        "summary": "A Perceiver IO classifier that reads 32 x 32 raw pixels with Fourier position features, without any "
        "convolution. Trained by us on CIFAR-10 from nothing; not DeepMind's model.",
        "license": "Apache-2.0",
        "dataset": CIFAR,
        "limits": [
            "Knows ten classes only and always answers one of them, whatever the picture shows.",
            "Sees 32 x 32 pixels: the centre square of a picture, shrunk. Small or off-centre things are lost.",
            "Learned from centred web photographs of 2009; drawings, close-ups and unusual views are often wrong.",
            "Probabilities come from training with label smoothing of 0.1 and are not calibrated.",
        ],
    },
    "text-mlm": {
        "title": "Missing bytes of English",
        "task": "fill-mask",
        "summary": "A Perceiver IO masked language model over UTF-8 bytes, 510 bytes at a time between [CLS] and [SEP]. "
        "Trained by us on English books from nothing; not DeepMind's model.",
        "license": "Apache-2.0",
        "dataset": CORPUS,
        "limits": [
            "English prose of novels and textbooks; other languages, code, tables and names are guesses.",
            "Fills single masked bytes well and whole masked words badly: every byte is answered by itself.",
            "Short texts give it less to go by; see the figures by length.",
            "It repeats the views and omissions of its books, many of them from before 1930. It knows no facts.",
        ],
    },
}
