// Functions of neural networks.

export {};
