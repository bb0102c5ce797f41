// Numbers that change from run to run of a recorded step. The arguments of a recorded launch are
// fixed, so there they are read from memory; any other launch has them as arguments.
//
//   GIVEN                  two parameters: the memory, null for none, and the first number's place
//   NUMBER(i, argument)    the launch's i-th number, a float
//   WORD(i, argument)      the same, a uint
#ifndef KILN_GIVEN_H
#define KILN_GIVEN_H

#define GIVEN GLOBAL const uint* given, int place
#define WORD(i, argument) (given ? given[place + (i)] : (argument))
#define NUMBER(i, argument) (given ? AS_FLOAT(given[place + (i)]) : (argument))

#endif
