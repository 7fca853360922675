#pragma once
// Small kernels that ask one question each of the CUDA execution model, some of them with a planted bug. Memory is the
// emulated device's.
#include <cstdint>

namespace gradus::kernels::cuda_on_cpu::questions {

/// Every thread writes its number in the grid, counted by hand from threadIdx, blockIdx, blockDim and gridDim.
void number_threads(std::int64_t* numbers, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z, unsigned threads_x,
                    unsigned threads_y, unsigned threads_z, int os_threads);

/// Each of 96 threads writes into shared memory and reads what its neighbor to the right wrote, `rounds` times, adding
/// up. Without the barriers (planted) it reads too early.
void pass_to_the_left(const unsigned* x, unsigned* y, int rounds, bool barriers, int os_threads = 1);

/// out[0..31]: shfl_xor 5, [32..]: shfl_down 3, [64..]: shfl_up 2, [96..]: shfl from lane 7, [128..]: xor 1 in segments
/// of 8, [160..]: down 2 in segments of 8; of the values 100 + lane.
void shuffle(int* out);

/// out[0]: ballot of odd lanes, [1]: any, [2]: all, then of lanes below 40, [3..5]; then the ballot of half a warp,
/// [6].
void vote(unsigned* out);

/// Every thread of the grid adds 1 to out[0], its number to out[1] by compare and swap, takes the maximum into out[2];
/// the last block to finish writes the sum of what all blocks left in `partial` to out[3].
void count(unsigned* out, unsigned* partial, unsigned* ticket, unsigned blocks, int os_threads);

/// Sum and maximum over a block by block_sum and block_max, in double.
void block_sums(const double* x, double* sum, double* most, unsigned blocks);

/// Writes the first and the last float of `bytes` of dynamic shared memory, and whether it was NaN before.
void dynamic_shared(int* was_nan, std::uint32_t bytes, unsigned blocks);

/// Two kernels of one template have their own shared array: writes what each reads after the other wrote.
void shared_of_templates(int* out);

// Planted bugs.
void write_past_end(float* x, int n);  // thread n of a block writes x[n]
void divergent_barrier();              // half of the threads never come
void divergent_shuffle();              // lane 3 never comes
void write_past_shared();              // float 32 of an array of 32
void endless_recursion(int* out);      // its stack overflows
void shuffle_from_outside(int* out);   // reads a lane that the mask does not name

}  // namespace gradus::kernels::cuda_on_cpu::questions
