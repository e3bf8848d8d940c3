// The operations of this folder.

export {};
